// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * containerd as a kubelet sees it: the Kubernetes Container Runtime Interface, with the runtime under test as the default one, and as the
 * one of the RuntimeClass handler {@code tested}.
 */
public final class Cri implements AutoCloseable {
    /** The image of containers; it is that of sandboxes, too, which then have a command of their own. */
    public static final String IMAGE = ClientImage.NAME;

    private static final String NAMESPACE = "k8s.io";
    private static final long LIMIT_SECONDS = Await.LIMIT.toSeconds();

    private final ClientPlace place;
    private final Containerd containerd;
    private final MultiThreadIoEventLoopGroup loop;
    private final ManagedChannel channel;

    private Cri(ClientPlace place, Containerd containerd) {
        this.place = place;
        this.containerd = containerd;
        this.loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        this.channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(containerd.socket()))
                .eventLoopGroup(loop)
                .channelType(NioDomainSocketChannel.class)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
    }

    /** Starts containerd and imports the image. The shims call the runtime with the engine of the tests. */
    public static Cri start(OciRuntime runtime, EngineChoice engine) throws IOException {
        ClientPlace place = new ClientPlace("cr");
        return startIn(
                place, engine, configuration(place, "tested") + """
                    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tested]
                      runtime_type = "io.containerd.runc.v2"
                      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tested.options]
                        BinaryName = "%s"
                        SystemdCgroup = %s
                """.formatted(runtime.path(), Machine.hasSystemd()));
    }

    /**
     * Starts containerd with what somebody appended to its configuration, and imports the image.
     *
     * @param handler the runtime of pods that name none
     */
    public static Cri startConfigured(String handler, String appended) throws IOException {
        ClientPlace place = new ClientPlace("cr");
        return startIn(place, new EngineChoice(Optional.empty()), configuration(place, handler) + appended);
    }

    private static Cri startIn(ClientPlace place, EngineChoice engine, String configuration) throws IOException {
        Files.createDirectories(place.resolve("cni"));
        Containerd containerd = Containerd.startIn(place, engine, configuration);
        containerd.importImage(NAMESPACE);
        return new Cri(place, containerd);
    }

    private static String configuration(ClientPlace place, String handler) {
        return """
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%1$s"
                  restrict_oom_score_adj = true
                  tolerate_missing_hugetlb_controller = true
                  disable_tcp_service = true
                  stream_server_address = "127.0.0.1"
                  stream_server_port = "0"
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    conf_dir = "%2$s/cni"
                    bin_dir = "%2$s/cni"
                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    default_runtime_name = "%3$s"
                """.formatted(IMAGE, place.folder(), handler);
    }

    /** Where logs of containers may be; and a cgroup for pods. */
    public Path folder() {
        return place.folder();
    }

    /** The cgroup below which all pods are: a slice where there is a systemd, as the kubelet has it. */
    public String cgroupParent() {
        return Machine.hasSystemd() ? "jrunctest.slice" : "/" + place.name();
    }

    /**
     * Makes a call.
     *
     * @param method of {@code runtime.v1.RuntimeService}
     * @param none the default instance of the response
     * @throws io.grpc.StatusRuntimeException with what containerd says, when it fails or takes too long
     */
    public <T extends Message> T call(String method, Message request, T none) {
        MethodDescriptor<Message, T> descriptor = MethodDescriptor.<Message, T>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("runtime.v1.RuntimeService/" + method)
                .setRequestMarshaller(ProtoUtils.marshaller(request.getDefaultInstanceForType()))
                .setResponseMarshaller(ProtoUtils.marshaller(none))
                .build();
        return ClientCalls.blockingUnaryCall(
                channel, descriptor, CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS), request);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS);
        containerd.close();
    }
}
