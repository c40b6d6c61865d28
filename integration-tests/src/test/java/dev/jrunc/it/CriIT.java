// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.cri.ContainerConfig;
import dev.jrunc.it.cri.ContainerMetadata;
import dev.jrunc.it.cri.ContainerState;
import dev.jrunc.it.cri.ContainerStats;
import dev.jrunc.it.cri.ContainerStatsRequest;
import dev.jrunc.it.cri.ContainerStatsResponse;
import dev.jrunc.it.cri.ContainerStatus;
import dev.jrunc.it.cri.ContainerStatusRequest;
import dev.jrunc.it.cri.ContainerStatusResponse;
import dev.jrunc.it.cri.CreateContainerRequest;
import dev.jrunc.it.cri.CreateContainerResponse;
import dev.jrunc.it.cri.ExecSyncRequest;
import dev.jrunc.it.cri.ExecSyncResponse;
import dev.jrunc.it.cri.ImageSpec;
import dev.jrunc.it.cri.LinuxContainerConfig;
import dev.jrunc.it.cri.LinuxContainerResources;
import dev.jrunc.it.cri.LinuxContainerSecurityContext;
import dev.jrunc.it.cri.LinuxPodSandboxConfig;
import dev.jrunc.it.cri.LinuxSandboxSecurityContext;
import dev.jrunc.it.cri.NamespaceMode;
import dev.jrunc.it.cri.NamespaceOption;
import dev.jrunc.it.cri.PodSandboxConfig;
import dev.jrunc.it.cri.PodSandboxMetadata;
import dev.jrunc.it.cri.PodSandboxState;
import dev.jrunc.it.cri.PodSandboxStatusRequest;
import dev.jrunc.it.cri.PodSandboxStatusResponse;
import dev.jrunc.it.cri.RemoveContainerRequest;
import dev.jrunc.it.cri.RemoveContainerResponse;
import dev.jrunc.it.cri.RemovePodSandboxRequest;
import dev.jrunc.it.cri.RemovePodSandboxResponse;
import dev.jrunc.it.cri.RunPodSandboxRequest;
import dev.jrunc.it.cri.RunPodSandboxResponse;
import dev.jrunc.it.cri.StartContainerRequest;
import dev.jrunc.it.cri.StartContainerResponse;
import dev.jrunc.it.cri.StopContainerRequest;
import dev.jrunc.it.cri.StopContainerResponse;
import dev.jrunc.it.cri.StopPodSandboxRequest;
import dev.jrunc.it.cri.StopPodSandboxResponse;
import dev.jrunc.it.cri.UpdateContainerResourcesRequest;
import dev.jrunc.it.cri.UpdateContainerResourcesResponse;
import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Cri;
import dev.jrunc.it.harness.EngineChoice;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The way of Kubernetes: pods through containerd's CRI, whose default runtime is that under test. */
@IntegrationTest
@Tag("client")
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CriIT {

    private final Cri cri;

    CriIT(OciRuntime runtime, EngineChoice engine) throws Exception {
        cri = Cri.start(runtime, engine);
    }

    @AfterAll
    void stop() {
        cri.close();
    }

    /** A pod with its sandbox; the host's network, since there are no plugins here. */
    private final class Pod {
        private final Lab lab;
        private final PodSandboxConfig config;
        private final String id;
        private boolean removed;

        Pod(Lab lab) {
            this.lab = lab;
            NamespaceOption namespaces = NamespaceOption.newBuilder()
                    .setNetwork(NamespaceMode.NODE)
                    .setPid(NamespaceMode.CONTAINER)
                    .build();
            config = PodSandboxConfig.newBuilder()
                    .setMetadata(PodSandboxMetadata.newBuilder()
                            .setName(lab.nextId())
                            .setUid(lab.nextId())
                            .setNamespace("default"))
                    .setLogDirectory(cri.folder().toString())
                    .setLinux(LinuxPodSandboxConfig.newBuilder()
                            .setCgroupParent(cri.cgroupParent())
                            .setSecurityContext(
                                    LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
                    .build();
            id = cri.call(
                            "RunPodSandbox",
                            RunPodSandboxRequest.newBuilder().setConfig(config).build(),
                            RunPodSandboxResponse.getDefaultInstance())
                    .getPodSandboxId();
            lab.atEnd(this::remove);
        }

        String create(LinuxContainerConfig linux, String... command) {
            ContainerConfig container = ContainerConfig.newBuilder()
                    .setMetadata(ContainerMetadata.newBuilder().setName(lab.nextId()))
                    .setImage(ImageSpec.newBuilder().setImage(Cri.IMAGE))
                    .addAllCommand(List.of(command))
                    .setLogPath(lab.nextId() + ".log")
                    .setLinux(linux)
                    .build();
            return cri.call(
                            "CreateContainer",
                            CreateContainerRequest.newBuilder()
                                    .setPodSandboxId(id)
                                    .setConfig(container)
                                    .setSandboxConfig(config)
                                    .build(),
                            CreateContainerResponse.getDefaultInstance())
                    .getContainerId();
        }

        String started(LinuxContainerConfig linux, String... command) {
            String container = create(linux, command);
            start(container);
            return container;
        }

        PodSandboxState state() {
            return cri.call(
                            "PodSandboxStatus",
                            PodSandboxStatusRequest.newBuilder()
                                    .setPodSandboxId(id)
                                    .build(),
                            PodSandboxStatusResponse.getDefaultInstance())
                    .getStatus()
                    .getState();
        }

        void stopAll() {
            cri.call(
                    "StopPodSandbox",
                    StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build(),
                    StopPodSandboxResponse.getDefaultInstance());
        }

        void remove() {
            if (removed) {
                return;
            }
            removed = true;
            stopAll();
            cri.call(
                    "RemovePodSandbox",
                    RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build(),
                    RemovePodSandboxResponse.getDefaultInstance());
        }
    }

    private void start(String container) {
        cri.call(
                "StartContainer",
                StartContainerRequest.newBuilder().setContainerId(container).build(),
                StartContainerResponse.getDefaultInstance());
    }

    private ExecSyncResponse exec(String container, String... command) {
        return cri.call(
                "ExecSync",
                ExecSyncRequest.newBuilder()
                        .setContainerId(container)
                        .addAllCmd(List.of(command))
                        .setTimeout(10)
                        .build(),
                ExecSyncResponse.getDefaultInstance());
    }

    private ContainerStatus status(String container) {
        return cri.call(
                        "ContainerStatus",
                        ContainerStatusRequest.newBuilder()
                                .setContainerId(container)
                                .build(),
                        ContainerStatusResponse.getDefaultInstance())
                .getStatus();
    }

    private void stop(String container, long graceSeconds) {
        cri.call(
                "StopContainer",
                StopContainerRequest.newBuilder()
                        .setContainerId(container)
                        .setTimeout(graceSeconds)
                        .build(),
                StopContainerResponse.getDefaultInstance());
    }

    private void remove(String container) {
        cri.call(
                "RemoveContainer",
                RemoveContainerRequest.newBuilder().setContainerId(container).build(),
                RemoveContainerResponse.getDefaultInstance());
    }

    private static LinuxContainerConfig plain() {
        return config(LinuxContainerResources.getDefaultInstance());
    }

    private static LinuxContainerConfig config(LinuxContainerResources resources) {
        return LinuxContainerConfig.newBuilder()
                .setResources(resources)
                .setSecurityContext(LinuxContainerSecurityContext.newBuilder()
                        .setNamespaceOptions(NamespaceOption.newBuilder()
                                .setNetwork(NamespaceMode.NODE)
                                .setPid(NamespaceMode.CONTAINER)))
                .build();
    }

    private static String ipc(ExecSyncResponse response) {
        return response.getStdout().toStringUtf8().strip();
    }

    @Test
    void twoContainersShareTheirPod(Lab lab) {
        Pod pod = new Pod(lab);
        String one = pod.started(plain(), "/payload", "tick", "100000");
        String two = pod.started(plain(), "/payload", "tick", "100000");

        assertEquals(PodSandboxState.SANDBOX_READY, pod.state());
        assertEquals(ContainerState.CONTAINER_RUNNING, status(one).getState());
        String namespace = ipc(exec(one, "stat", "-L", "-c", "%i", "/proc/self/ns/ipc"));
        assertEquals(namespace, ipc(exec(two, "stat", "-L", "-c", "%i", "/proc/self/ns/ipc")));
        assertFalse(ipc(exec(one, "stat", "-L", "-c", "%i", "/proc/self/ns/mnt"))
                .equals(ipc(exec(two, "stat", "-L", "-c", "%i", "/proc/self/ns/mnt"))));
    }

    @Test
    void anotherProcess(Lab lab) {
        String container = new Pod(lab).started(plain(), "/payload", "tick", "100000");
        ExecSyncResponse response = exec(container, "sh", "-c", "echo to stdout; echo to stderr >&2; exit 9");

        assertEquals("to stdout\n", response.getStdout().toStringUtf8());
        assertEquals("to stderr\n", response.getStderr().toStringUtf8());
        assertEquals(9, response.getExitCode());
        StatusRuntimeException missing =
                assertThrows(StatusRuntimeException.class, () -> exec(container, "no-such-tool"));
        assertTrue(
                String.valueOf(missing.getMessage()).contains("\"no-such-tool\": executable file not found in $PATH"),
                missing::toString);
    }

    /** That of memory, and the quota of a period of 100 ms, as they are seen from inside. */
    private String limits(String container) {
        ExecSyncResponse found = Cgroups.areUnified()
                ? exec(
                        container,
                        "sh",
                        "-c",
                        "cd /sys/fs/cgroup && cat memory.max && read quota period <cpu.max && echo $quota")
                : exec(
                        container,
                        "cat",
                        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
        return found.getStdout().toStringUtf8();
    }

    @Test
    void limitsAndStatistics(Lab lab) {
        Machine.needsCgroup("memory");
        String container = new Pod(lab)
                .started(
                        config(LinuxContainerResources.newBuilder()
                                .setMemoryLimitInBytes(64L * 1024 * 1024)
                                .setCpuPeriod(100_000)
                                .setCpuQuota(50_000)
                                .build()),
                        "/payload",
                        "tick",
                        "100000");
        String limits = limits(container);
        ContainerStats stats = cri.call(
                        "ContainerStats",
                        ContainerStatsRequest.newBuilder()
                                .setContainerId(container)
                                .build(),
                        ContainerStatsResponse.getDefaultInstance())
                .getStats();

        assertEquals("67108864\n50000\n", limits);
        assertEquals(container, stats.getAttributes().getId());
        assertTrue(stats.getCpu().getUsageCoreNanoSeconds().getValue() > 0, stats::toString);
        assertTrue(stats.getMemory().getWorkingSetBytes().getValue() > 0, stats::toString);
    }

    @Test
    void limitsAreUpdated(Lab lab) {
        Machine.needsCgroup("memory");
        String container = new Pod(lab)
                .started(
                        config(LinuxContainerResources.newBuilder()
                                .setMemoryLimitInBytes(64L * 1024 * 1024)
                                .build()),
                        "/payload",
                        "tick",
                        "100000");
        cri.call(
                "UpdateContainerResources",
                UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId(container)
                        .setLinux(LinuxContainerResources.newBuilder()
                                .setMemoryLimitInBytes(32L * 1024 * 1024)
                                .setCpuPeriod(100_000)
                                .setCpuQuota(25_000))
                        .build(),
                UpdateContainerResourcesResponse.getDefaultInstance());
        String limits = limits(container);

        assertEquals("33554432\n25000\n", limits);
    }

    @Test
    void theKernelEndsWhatTakesTooMuchMemory(Lab lab) {
        Machine.needsCgroup("memory");
        String container = new Pod(lab)
                .started(
                        config(LinuxContainerResources.newBuilder()
                                .setMemoryLimitInBytes(16L * 1024 * 1024)
                                .build()),
                        "sh",
                        "-c",
                        "until [ -e /go ]; do sleep 0.1; done; exec tail /dev/zero");
        assertEquals(0, exec(container, "touch", "/go").getExitCode());
        Await.until( // of which containerd hears one by one
                "the end, and why",
                () -> status(container).getState() == ContainerState.CONTAINER_EXITED
                        && status(container).getReason().equals("OOMKilled"),
                () -> status(container));

        assertEquals(137, status(container).getExitCode());
    }

    @Test
    void stoppedAndRemoved(Lab lab) {
        Pod pod = new Pod(lab);
        String polite = pod.started(plain(), "sh", "-c", "trap 'exit 5' TERM; : >/ready; while :; do sleep 0.1; done");
        String deaf = pod.started(plain(), "sleep", "1000");
        Await.until("its trap", () -> exec(polite, "ls", "/ready").getExitCode() == 0, () -> status(polite));
        stop(polite, Await.LIMIT.toSeconds() / 2);
        stop(deaf, 1);

        assertEquals(5, status(polite).getExitCode());
        assertEquals(137, status(deaf).getExitCode());
        remove(polite);
        assertThrows(StatusRuntimeException.class, () -> status(polite));
        assertEquals(List.of(), Cgroups.mentioning(polite));
        pod.stopAll();
        assertEquals(PodSandboxState.SANDBOX_NOTREADY, pod.state());
        pod.remove();
        assertEquals(List.of(), Cgroups.mentioning(pod.id));
        Await.until( // the shim ends a moment after it has answered
                "the end of its processes",
                () -> Processes.mentioning(pod.id).isEmpty(),
                () -> Processes.mentioning(pod.id));
    }

    @Test
    void aProgramThatDoesNotExist(Lab lab) {
        Pod pod = new Pod(lab);
        String container = pod.create(plain(), "no-such-tool");
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> start(container));

        assertTrue(
                String.valueOf(failure.getMessage()).contains("\"no-such-tool\": executable file not found in $PATH"),
                failure::toString);
        assertEquals(ContainerState.CONTAINER_EXITED, status(container).getState());
    }
}
