// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/** What an operation is about, as a reader groups a plan. */
public enum Subject {
    STATE("state"),
    CGROUPS("cgroups and resources"),
    NAMESPACES("namespaces"),
    MOUNTS("mounts"),
    DEVICES("devices"),
    IDENTITY("identity"),
    CONFINEMENT("confinement"),
    SCHEDULING("limits and scheduling"),
    HOOKS("hooks"),
    PROGRAM("program"),
    HANDSHAKE("hand-shake"),
    HOST("host");

    private final String title;

    Subject(String title) {
        this.title = title;
    }

    /** For people, in small letters. */
    public String title() {
        return title;
    }

    public static Subject of(Operation operation) {
        return switch (operation) {
            case HostOperation host -> of(host);
            case InitOperation init -> of(init);
        };
    }

    private static Subject of(HostOperation operation) {
        return switch (operation) {
            case HostOperation.OpenState _,
                    HostOperation.LockState _,
                    HostOperation.ReadState _,
                    HostOperation.WriteState _,
                    HostOperation.MakeStartFifos _,
                    HostOperation.RemoveState _ -> STATE;
            case HostOperation.WriteFile _,
                    HostOperation.WriteFirst _,
                    HostOperation.CgroupAttach _,
                    HostOperation.CriuAttach _,
                    HostOperation.CgroupCreate _,
                    HostOperation.CgroupDelegate _,
                    HostOperation.CgroupSignal _,
                    HostOperation.CgroupRemove _,
                    HostOperation.CgroupProcesses _,
                    HostOperation.DeviceProgram _,
                    HostOperation.Freeze _,
                    HostOperation.MakeFolder _,
                    HostOperation.RemoveFolder _ -> CGROUPS;
            case HostOperation.Spawn _, HostOperation.Enter _, HostOperation.FindNetdev _, HostOperation.MoveNetdev _ ->
                NAMESPACES;
            case HostOperation.OpenTree _,
                    HostOperation.IdmapTree _,
                    HostOperation.CriuReadonlyRoot _,
                    HostOperation.MakeMountpoint _ -> MOUNTS;
            case HostOperation.ConnectConsole _, HostOperation.ReceiveConsole _, HostOperation.CriuConsole _ -> DEVICES;
            case HostOperation.SendSeccompListener _, HostOperation.ReadKept _, HostOperation.WriteKept _ ->
                CONFINEMENT;
            case HostOperation.OomScoreAdj _,
                    HostOperation.Rlimit _,
                    HostOperation.Scheduler _,
                    HostOperation.IoPriority _,
                    HostOperation.CpuAffinity _ -> SCHEDULING;
            case HostOperation.GiveStdio _ -> IDENTITY;
            case HostOperation.Hook _, HostOperation.OpenAppend _ -> HOOKS;
            case HostOperation.SendPlan _,
                    HostOperation.Await _,
                    HostOperation.GoOn _,
                    HostOperation.SendPidfd _,
                    HostOperation.Start _,
                    HostOperation.AwaitProgram _,
                    HostOperation.WaitInit _ -> HANDSHAKE;
            case HostOperation.ReadFile _,
                    HostOperation.ReadDirectory _,
                    HostOperation.RealPath _,
                    HostOperation.LookAt _,
                    HostOperation.SendDatagram _,
                    HostOperation.AppendTrace _,
                    HostOperation.Output _,
                    HostOperation.ProcessStatus _,
                    HostOperation.Signal _,
                    HostOperation.WaitExit _,
                    HostOperation.KillInit _,
                    HostOperation.Foreground _,
                    HostOperation.BecomeSubreaper _,
                    HostOperation.ServeEngine _,
                    HostOperation.Exit _,
                    HostOperation.RunProgram _,
                    HostOperation.Probe _,
                    HostOperation.ReadInput _,
                    HostOperation.Watch _,
                    HostOperation.RelayConnect _,
                    HostOperation.RelaySend _,
                    HostOperation.RelayReceive _,
                    HostOperation.RelayClose _,
                    HostOperation.CriuOpen _,
                    HostOperation.CriuStart _,
                    HostOperation.CriuFolder _,
                    HostOperation.CriuRelay _,
                    HostOperation.CriuEnd _,
                    HostOperation.CriuAdopt _,
                    HostOperation.ProcessLink _ -> HOST;
        };
    }

    private static Subject of(InitOperation operation) {
        return switch (operation) {
            case InitOperation.SyncPoint _,
                    InitOperation.Trace _,
                    InitOperation.WaitStart _,
                    InitOperation.Entered _,
                    InitOperation.Ready _ -> HANDSHAKE;
            case InitOperation.UnshareCgroup _,
                    InitOperation.LoopbackUp _,
                    InitOperation.Hostname _,
                    InitOperation.Domainname _,
                    InitOperation.Sysctl _ -> NAMESPACES;
            case InitOperation.Root _,
                    InitOperation.Mount _,
                    InitOperation.Bind _,
                    InitOperation.Remount _,
                    InitOperation.PivotRoot _,
                    InitOperation.RootPropagation _,
                    InitOperation.ReadonlyRoot _ -> MOUNTS;
            case InitOperation.Device _, InitOperation.Symlink _, InitOperation.Console _ -> DEVICES;
            case InitOperation.SessionKeyring _,
                    InitOperation.NewSession _,
                    InitOperation.StdioOwner _,
                    InitOperation.Umask _,
                    InitOperation.User _ -> IDENTITY;
            case InitOperation.MaskPath _,
                    InitOperation.ReadonlyPath _,
                    InitOperation.BoundingSet _,
                    InitOperation.Capabilities _,
                    InitOperation.NoNewPrivileges _,
                    InitOperation.ExecLabel _,
                    InitOperation.Seccomp _ -> CONFINEMENT;
            case InitOperation.Personality _, InitOperation.MemoryPolicy _ -> SCHEDULING;
            case InitOperation.InitHook _, InitOperation.HookOutput _ -> HOOKS;
            case InitOperation.Cwd _, InitOperation.ResolveProgram _, InitOperation.Detach _, InitOperation.Execve _ ->
                PROGRAM;
        };
    }
}
