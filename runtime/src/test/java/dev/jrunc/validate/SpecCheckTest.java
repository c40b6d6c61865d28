// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ConfigWriter;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecCheckTest {

    private static final String PROCESS = "'process':{'cwd':'/','args':['sh']}";
    private static final String ROOT = "'ociVersion':'1.3.0','root':{'path':'rootfs'}";

    private static void check(String config) {
        SpecCheck.check(ConfigReader.read(Bytes.utf8(config.replace('\'', '"'))));
    }

    @Test
    void theDefaultsAreFine() {
        SpecCheck.check(ConfigReader.read(Bytes.utf8(ConfigWriter.write(DefaultSpec.rootful()))));
        SpecCheck.check(ConfigReader.read(Bytes.utf8(ConfigWriter.write(DefaultSpec.rootless(1000, 1000)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "1.0.2-dev", "1.1.0+x", "1.2.1", "1.3.99"})
    void knownVersions(String version) {
        check("{'ociVersion':'" + version + "','root':{'path':'r'}," + PROCESS + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.3", "1.3.", "1.4.0", "0.9.0", "2.0.0", "1.10.0", "11.0.0", "x.y.z", "1.3.x"})
    void otherVersions(String version) {
        InvalidSpec error = assertThrows(
                InvalidSpec.class, () -> check("{'ociVersion':'" + version + "','root':{'path':'r'}," + PROCESS + "}"));

        assertEquals(
                "config.json: /ociVersion: expected 1.0.0 to 1.3.x, found \"" + version + "\"", error.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALOW'}}|/linux/seccomp/defaultAction: expected an action such as"
                        + " SCMP_ACT_KILL, found \"SCMP_ACT_ALOW\"; did you mean \"SCMP_ACT_ALLOW\"?",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_NOTIFY'}}|/linux/seccomp/defaultAction: SCMP_ACT_NOTIFY cannot"
                        + " be used as default action: nothing would answer for init itself",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','defaultErrnoRet':1}}|/linux/seccomp/defaultErrnoRet:"
                        + " SCMP_ACT_ALLOW has no errno: only SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':4096}}"
                        + "|/linux/seccomp/defaultErrnoRet: expected 0 to 4095, found 4096",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_TSYNK']}}"
                        + "|/linux/seccomp/flags/0: expected a flag such as SECCOMP_FILTER_FLAG_TSYNC, found"
                        + " \"SECCOMP_FILTER_FLAG_TSYNK\"; did you mean \"SECCOMP_FILTER_FLAG_TSYNC\"?",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','architectures':['amd64']}}"
                        + "|/linux/seccomp/architectures/0: expected an architecture such as SCMP_ARCH_X86, found \"amd64\"",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':[],'action':'SCMP_ACT_KILL'}]}}"
                        + "|/linux/seccomp/syscalls/0/names: is missing or empty: the rule is about no system call",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x',''],'action':'SCMP_ACT_KILL'}]}}"
                        + "|/linux/seccomp/syscalls/0/names/1: is empty",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x'],'action':'KILL'}]}}"
                        + "|/linux/seccomp/syscalls/0/action: expected an action such as SCMP_ACT_KILL, found \"KILL\";"
                        + " did you mean \"SCMP_ACT_KILL\"?",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x'],'action':'SCMP_ACT_KILL',"
                        + "'errnoRet':1}]}}|/linux/seccomp/syscalls/0/errnoRet: SCMP_ACT_KILL has no errno: only"
                        + " SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x'],'action':'SCMP_ACT_KILL',"
                        + "'args':[{'index':6,'value':1,'op':'SCMP_CMP_EQ'}]}]}}"
                        + "|/linux/seccomp/syscalls/0/args/0/index: expected 0 to 5, found 6",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x'],'action':'SCMP_ACT_KILL',"
                        + "'args':[{'index':1,'value':1,'op':'EQ'}]}]}}"
                        + "|/linux/seccomp/syscalls/0/args/0/op: expected an operator such as SCMP_CMP_NE, found \"EQ\"",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/s','syscalls':[{'names':['read','write'],"
                        + "'action':'SCMP_ACT_NOTIFY'}]}}|/linux/seccomp/syscalls/0/names/1: SCMP_ACT_NOTIFY cannot be used"
                        + " for the write syscall: init writes before anybody listens",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x'],'action':'SCMP_ACT_NOTIFY'}]}}"
                        + "|/linux/seccomp/listenerPath: seccomp listenerPath is not set, and SCMP_ACT_NOTIFY needs it",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'m'}}"
                        + "|/linux/seccomp/listenerMetadata: needs listenerPath: nobody would read it",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'s'}}"
                        + "|/linux/seccomp/listenerPath: expected an absolute path, found \"s\"",
                "'linux':{'namespaces':[{'type':'net'}]}|/linux/namespaces/0/type: expected pid, network, mount, ipc, uts,"
                        + " user, cgroup or time, found \"net\"; did you mean \"network\"?",
                "'linux':{'namespaces':[{'type':'mnt'}]}|/linux/namespaces/0/type: expected pid, network, mount, ipc, uts,"
                        + " user, cgroup or time, found \"mnt\"; did you mean \"mount\"?",
                "'linux':{'namespaces':[{'type':'galaxy'}]}|/linux/namespaces/0/type: expected pid, network, mount, ipc,"
                        + " uts, user, cgroup or time, found \"galaxy\"",
                "'linux':{'namespaces':[{'type':'pid'},{'type':'ipc'},{'type':'pid'}]}"
                        + "|/linux/namespaces/2: the namespace \"pid\" is given twice (duplicate)",
                "'linux':{'namespaces':[{'type':'pid','path':'x'}]}"
                        + "|/linux/namespaces/0/path: expected an absolute path, found \"x\"",
                "'linux':{'uidMappings':[{'containerID':0,'hostID':0,'size':1}]}"
                        + "|/linux/uidMappings: id mappings need a user namespace",
                "'linux':{'gidMappings':[{'containerID':0,'hostID':0,'size':1}]}"
                        + "|/linux/gidMappings: id mappings need a user namespace",
                "'linux':{'namespaces':[{'type':'user'}]}|/linux/uidMappings: is missing: a new user namespace needs it",
                "'linux':{'namespaces':[{'type':'user'}],'uidMappings':[{'containerID':0,'hostID':0,'size':0}],"
                        + "'gidMappings':[{'containerID':0,'hostID':0,'size':1}]}"
                        + "|/linux/uidMappings/0/size: expected a number from 1 on, found 0",
                "'process':{'cwd':'/','args':[]}|/process/args: is missing or empty: there is no program to run",
                "'process':{'cwd':'/','args':['']}|/process/args/0: exec: \"\": executable file not found in $PATH: it is empty",
                "'process':{'cwd':'a','args':['x']}|/process/cwd: expected an absolute path, found \"a\"",
                "'process':{'cwd':'/','args':['x'],'env':['A=','B']}"
                        + "|/process/env/1: expected NAME=value, found \"B\"",
                "'process':{'cwd':'/','args':['x'],'env':['=B']}|/process/env/0: expected NAME=value, found \"=B\"",
                "'process':{'cwd':'/','args':['x'],'oomScoreAdj':1001}"
                        + "|/process/oomScoreAdj: expected -1000 to 1000, found 1001",
                "'process':{'cwd':'/','args':['x'],'user':{'umask':512}}"
                        + "|/process/user/umask: expected 0 to 511 (octal 777), found 512",
                "'process':{'cwd':'/','args':['x'],'user':{'uid':4294967295}}"
                        + "|/process/user/uid: expected a number from 0 to 4294967294, found 4294967295",
                "'process':{'cwd':'/','args':['x'],'user':{'gid':4294967295}}"
                        + "|/process/user/gid: expected a number from 0 to 4294967294, found 4294967295",
                "'process':{'cwd':'/','args':['x'],'user':{'additionalGids':[0,4294967295]}}"
                        + "|/process/user/additionalGids/1: expected a number from 0 to 4294967294, found 4294967295",
                "'linux':{'devices':[{'type':'c','path':'/dev/x','minor':1}]}|/linux/devices/0/major: is missing",
                "'linux':{'devices':[{'type':'b','path':'/dev/x','major':1}]}|/linux/devices/0/minor: is missing",
                "'process':{'cwd':'/','args':['x'],'rlimits':[{'type':'RLIMIT_NOFIL','soft':1,'hard':1}]}"
                        + "|/process/rlimits/0/type: expected a limit of getrlimit(2) such as RLIMIT_NOFILE, found"
                        + " \"RLIMIT_NOFIL\"; did you mean \"RLIMIT_NOFILE\"?",
                "'process':{'cwd':'/','args':['x'],'rlimits':[{'type':'RLIMIT_CPU','soft':1,'hard':1},"
                        + "{'type':'RLIMIT_CPU','soft':1,'hard':1}]}"
                        + "|/process/rlimits/1: RLIMIT_CPU is given twice (duplicate)",
                "'hostname':'h'|/hostname: unable to set hostname without a private UTS namespace",
                "'domainname':'d'|/domainname: unable to set domainname without a private UTS namespace",
                "'mounts':[{'destination':'/x'}]|/mounts: mounts need a mount namespace of the container's own",
                "'mounts':[{'destination':'/x'},{'destination':'//./'}],'linux':{'namespaces':[{'type':'mount'}]}"
                        + "|/mounts/1/destination: expected a path below the root, found \"//./\"",
                "'mounts':[{'destination':'/x/..'}],'linux':{'namespaces':[{'type':'mount'}]}"
                        + "|/mounts/0/destination: expected a path below the root, found \"/x/..\"",
                "'linux':{'maskedPaths':['/x']}"
                        + "|/linux/maskedPaths: unable to restrict sys entries without a private MNT namespace",
                "'linux':{'namespaces':[{'type':'mount'}],'maskedPaths':['/x','y']}"
                        + "|/linux/maskedPaths/1: expected an absolute path, found \"y\"",
                "'linux':{'rootfsPropagation':'rslav'}|/linux/rootfsPropagation: expected shared, slave, private or"
                        + " unbindable, or these with an r before, found \"rslav\"; did you mean \"slave\"?",
                "'linux':{'timeOffsets':{'monotonic':{'secs':1}}}"
                        + "|/linux/timeOffsets: time offsets need a new time namespace",
                "'linux':{'namespaces':[{'type':'time'}],'timeOffsets':{'realtime':{'secs':1}}}"
                        + "|/linux/timeOffsets/realtime: expected monotonic or boottime",
                "'linux':{'namespaces':[{'type':'time'}],'timeOffsets':{'monotonic':{'nanosecs':1000000000}}}"
                        + "|/linux/timeOffsets/monotonic/nanosecs: expected less than 1000000000",
                "'linux':{'resources':{'memory':{'swappiness':101}}}"
                        + "|/linux/resources/memory/swappiness: expected 0 to 100, found 101",
                "'linux':{'resources':{'cpu':{'idle':2}}}" + "|/linux/resources/cpu/idle: expected 0 or 1, found 2",
                "'linux':{'resources':{'blockIO':{'weight':9}}}"
                        + "|/linux/resources/blockIO/weight: expected 10 to 1000, found 9",
                "'linux':{'resources':{'blockIO':{'leafWeight':1001}}}"
                        + "|/linux/resources/blockIO/leafWeight: expected 10 to 1000, found 1001",
                "'linux':{'resources':{'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':5}]}}}"
                        + "|/linux/resources/blockIO/weightDevice/0/weight: expected 10 to 1000, found 5",
                "'linux':{'resources':{'blockIO':{'weightDevice':[{'major':8,'minor':0}]}}}"
                        + "|/linux/resources/blockIO/weightDevice/0: has neither weight nor leafWeight",
                "'linux':{'resources':{'hugepageLimits':[{'pageSize':'2mb','limit':1}]}}"
                        + "|/linux/resources/hugepageLimits/0/pageSize: expected a number with KB, MB or GB, found \"2mb\"",
                "'linux':{'resources':{'hugepageLimits':[{'pageSize':'../x2MB','limit':1}]}}"
                        + "|/linux/resources/hugepageLimits/0/pageSize: expected a number with KB, MB or GB, found \"../x2MB\"",
                "'linux':{'resources':{'hugepageLimits':[{'pageSize':'2MB','limit':1},{'pageSize':'2MB','limit':2}]}}"
                        + "|/linux/resources/hugepageLimits/1: the page size \"2MB\" is given twice (duplicate)",
                "'linux':{'resources':{'network':{'priorities':[{'name':'a b','priority':1}]}}}"
                        + "|/linux/resources/network/priorities/0/name: expected the name of a network interface, found \"a b\"",
                "'linux':{'resources':{'rdma':{'a b':{'hcaObjects':1}}}}"
                        + "|/linux/resources/rdma/a b: expected the name of an RDMA device, found \"a b\"",
                "'linux':{'resources':{'rdma':{'mlx':{}}}}"
                        + "|/linux/resources/rdma/mlx: has neither hcaHandles nor hcaObjects",
                "'process':{'cwd':'/','args':['x'],'scheduler':{'policy':'SCHED_FIF'}}"
                        + "|/process/scheduler/policy: expected one of SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_ISO, SCHED_IDLE, SCHED_DEADLINE, found \"SCHED_FIF\"; did you mean \"SCHED_FIFO\"?",
                "'process':{'cwd':'/','args':['x'],'scheduler':{'policy':'SCHED_OTHER','flags':['RECLAIM']}}"
                        + "|/process/scheduler/flags/0: expected one of SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, SCHED_FLAG_KEEP_POLICY, SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX, found \"RECLAIM\"; did you mean \"SCHED_FLAG_RECLAIM\"?",
                "'process':{'cwd':'/','args':['x'],'scheduler':{'policy':'SCHED_OTHER','nice':20}}"
                        + "|/process/scheduler/nice: expected -20 to 19, found 20",
                "'process':{'cwd':'/','args':['x'],'scheduler':{'policy':'SCHED_FIFO'}}"
                        + "|/process/scheduler/priority: expected 1 to 99, found 0",
                "'process':{'cwd':'/','args':['x'],'scheduler':{'policy':'SCHED_BATCH','priority':5}}"
                        + "|/process/scheduler/priority: is for SCHED_FIFO and SCHED_RR, found 5 with SCHED_BATCH",
                "'process':{'cwd':'/','args':['x'],'scheduler':{'policy':'SCHED_RR','priority':5,'runtime':18446744073709551615}}"
                        + "|/process/scheduler/runtime: is for SCHED_DEADLINE, found 18446744073709551615 with SCHED_RR",
                "'process':{'cwd':'/','args':['x'],'ioPriority':{'class':'IOPRIO_CLASS_RR'}}"
                        + "|/process/ioPriority/class: expected one of IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE, found \"IOPRIO_CLASS_RR\"; did you mean \"IOPRIO_CLASS_RT\"?",
                "'process':{'cwd':'/','args':['x'],'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':8}}"
                        + "|/process/ioPriority/priority: expected 0 to 7, found 8",
                "'linux':{'personality':{'domain':'LINUX64'}}"
                        + "|/linux/personality/domain: expected one of LINUX, LINUX32, found \"LINUX64\"; did you mean \"LINUX\"?",
                "'linux':{'personality':{'domain':'LINUX','flags':['X']}}"
                        + "|/linux/personality/flags/0: the specification has no flags, found \"X\"",
                "'linux':{'memoryPolicy':{'mode':'MPOL_BINT'}}"
                        + "|/linux/memoryPolicy/mode: expected one of MPOL_DEFAULT, MPOL_PREFERRED, MPOL_BIND, MPOL_INTERLEAVE, MPOL_LOCAL, MPOL_PREFERRED_MANY, MPOL_WEIGHTED_INTERLEAVE, found \"MPOL_BINT\"; did you mean \"MPOL_BIND\"?",
                "'linux':{'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC']}}"
                        + "|/linux/memoryPolicy/flags/0: expected one of MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES, found \"MPOL_F_STATIC\"; did you mean \"MPOL_F_STATIC_NODES\"?",
                "'linux':{'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES','MPOL_F_RELATIVE_NODES']}}"
                        + "|/linux/memoryPolicy/flags: MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other",
                "'linux':{'memoryPolicy':{'mode':'MPOL_BIND'}}"
                        + "|/linux/memoryPolicy/nodes: is missing: MPOL_BIND needs it",
                "'linux':{'memoryPolicy':{'mode':'MPOL_LOCAL','nodes':'0'}}"
                        + "|/linux/memoryPolicy/nodes: MPOL_LOCAL takes none, found \"0\"",
                "'linux':{'memoryPolicy':{'mode':'MPOL_BIND','nodes':'a'}}"
                        + "|/linux/memoryPolicy/nodes: expected a list of memory nodes such as 0-3,7, found \"a\"",
                "'linux':{'memoryPolicy':{'mode':'MPOL_BIND','nodes':'1024'}}"
                        + "|/linux/memoryPolicy/nodes: expected 0 to 1023, found \"1024\"",
                "'linux':{'sysctl':{'net.ipv4.ip_forward':'1'}}"
                        + "|/linux/sysctl/net.ipv4.ip_forward: sysctl \"net.ipv4.ip_forward\" not allowed in host network namespace",
                "'linux':{'sysctl':{'kernel.shmmax':'1'}}"
                        + "|/linux/sysctl/kernel.shmmax: sysctl \"kernel.shmmax\" is not allowed in the hosts ipc namespace",
                "'linux':{'namespaces':[{'type':'uts'}],'sysctl':{'kernel.hostname':'x'}}"
                        + "|/linux/sysctl/kernel.hostname: sysctl \"kernel.hostname\" is not allowed as it conflicts with the OCI \"hostname\" field: set that instead",
                "'linux':{'namespaces':[{'type':'network'}],'sysctl':{'vm.swappiness':'1'}}"
                        + "|/linux/sysctl/vm.swappiness: sysctl \"vm.swappiness\" is not in a separate kernel namespace",
                "'linux':{'namespaces':[{'type':'network'}],'sysctl':{'net/../vm/swappiness':'1'}}"
                        + "|/linux/sysctl/net~1..~1vm~1swappiness: leads out of /proc/sys",
                "'linux':{'netDevices':{'ens3':{}}}"
                        + "|/linux/netDevices: network devices need a network namespace: add one to /linux/namespaces",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'ens/3':{}}}"
                        + "|/linux/netDevices/ens~13: expected the name of a network interface, found \"ens/3\"",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'eth%d':{}}}"
                        + "|/linux/netDevices/eth%d: expected the name of a network interface, found \"eth%d\"",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'lo':{'name':'lo1'}}}"
                        + "|/linux/netDevices/lo: the loopback device can't be moved: a new network namespace has its own",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'ens3':{'name':'a name'}}}"
                        + "|/linux/netDevices/ens3/name: expected the name of a network interface, 1 to 15 bytes without slash, colon and space, or a template such as eth%d, found \"a name\"",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'ens3':{'name':'eth%d%d'}}}"
                        + "|/linux/netDevices/ens3/name: expected the name of a network interface, 1 to 15 bytes without slash, colon and space, or a template such as eth%d, found \"eth%d%d\"",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'ens3':{'name':'lo'}}}"
                        + "|/linux/netDevices/ens3/name: the container has a device \"lo\" already",
                "'linux':{'namespaces':[{'type':'network'}],'netDevices':{'ens3':{'name':'ens4'},'ens4':{}}}"
                        + "|/linux/netDevices/ens4: the name \"ens4\" is given twice (duplicate)",
                "'linux':{'intelRdt':{'closID':'a/b'}}"
                        + "|/linux/intelRdt/closID: expected the name of a group, or / for the default one, found \"a/b\"",
                "'linux':{'intelRdt':{'closID':'info'}}"
                        + "|/linux/intelRdt/closID: expected the name of a group, or / for the default one, found \"info\"",
                "'linux':{'intelRdt':{'memBwSchema':'L3:0=1'}}"
                        + "|/linux/intelRdt/memBwSchema: expected one line that begins with MB:, found \"L3:0=1\"",
                "'linux':{'intelRdt':{'schemata':['L3:0=1','all']}}"
                        + "|/linux/intelRdt/schemata/1: expected one line such as L3:0=7f0;1=1f, found \"all\"",
                "'hooks':{'poststop':[{'path':'/a'},{'path':'b'}]}"
                        + "|/hooks/poststop/1/path: expected an absolute path, found \"b\"",
                "'hooks':{'prestart':[{'path':'/a','timeout':0}]}"
                        + "|/hooks/prestart/0/timeout: expected seconds from 1 on, found 0"
            })
    void anErrorNamesThePlaceAndWhatWasExpected(String part, String message) {
        String config = "{" + ROOT + "," + (part.startsWith("'process'") ? "" : PROCESS + ",") + part + "}";
        InvalidSpec error = assertThrows(InvalidSpec.class, () -> check(config));

        assertEquals("config.json: " + message, error.getMessage());
    }

    @Test
    void aRootIsNeeded() {
        InvalidSpec error = assertThrows(InvalidSpec.class, () -> check("{'ociVersion':'1.3.0'," + PROCESS + "}"));

        assertEquals("/root/path", error.pointer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'linux':{'namespaces':[{'type':'network'}],'sysctl':{'net.ipv4.ip_forward':'1'}}",
                "'linux':{'namespaces':[{'type':'ipc'}],'sysctl':{'fs.mqueue.msg_max':'1','kernel/shmmax':'2'}}",
                "'linux':{'namespaces':[{'type':'uts'}],'sysctl':{'kernel.domainname':'x'}},'hostname':'h'",
                "'linux':{'namespaces':[{'type':'user','path':'/proc/1/ns/user'}]}",
                "'linux':{'namespaces':[{'type':'mount'}],'rootfsPropagation':'rshared'}",
                "'hostname':'','linux':{'namespaces':[{'type':'pid','path':''}]}"
            })
    void theseAreFine(String part) {
        check("{" + ROOT + "," + PROCESS + "," + part + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'defaultAction':'SCMP_ACT_ERRNO'}|[read, write, execve]",
                "{'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['read','execve'],'action':'SCMP_ACT_ALLOW'}]}|[write]",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['execve'],'action':'SCMP_ACT_KILL'}]}|[execve]",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['read'],'action':'SCMP_ACT_KILL',"
                        + "'args':[{'index':0,'value':9,'op':'SCMP_CMP_EQ'}]}]}|[]",
                "{'defaultAction':'SCMP_ACT_LOG'}|[]"
            })
    void aFilterThatForbidsTheStart(String seccomp, String expected) {
        Spec.Seccomp profile = Objects.requireNonNull(
                ConfigReader.read(Bytes.utf8(("{" + ROOT + ",'linux':{'seccomp':" + seccomp + "}}").replace('\'', '"')))
                        .linux()
                        .seccomp());
        assertEquals(expected, SeccompCheck.forbidden(profile).toString());
    }

    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "a,a,0", "'',abc,3", "abc,'',3"})
    void differences(String a, String b, int expected) {
        assertEquals(expected, Nearest.differences(a, b));
    }
}
