using System.Runtime.InteropServices;

namespace Vigil.Platform;

/// <summary>Starts a program in a session of its own, so that it outlives this program and its terminal.</summary>
internal static unsafe partial class DetachedProcess
{
    private const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    /// <summary>The descriptor under which the child holds <c>heldOpen</c>.</summary>
    public const int HeldDescriptor = 3;

    /// <summary>stdin is empty, stdout and stderr are appended to <paramref name="log"/>, every signal has its default, and only <paramref name="heldOpen"/> is inherited.</summary>
    /// <returns>The child's pid, which is also its session and group; or minus the error number.</returns>
    public static int Start(string program, IReadOnlyList<string> words, IReadOnlyList<string> environment, string log, int heldOpen)
    {
        byte* attributes = stackalloc byte[512], actions = stackalloc byte[256], none = stackalloc byte[128], all = stackalloc byte[128];
        using var argv = new TextArray(words);
        using var env = new TextArray(environment);
        new Span<byte>(none, 128).Clear();
        new Span<byte>(all, 128).Fill(0xFF);
        foreach (var kept in (ReadOnlySpan<int>)[Libc.SignalKill, Libc.SignalStop, 32, 33])   // 32 and 33 are glibc's own
            all[(kept - 1) / 8] &= (byte)~(1 << ((kept - 1) % 8));
        Demand(AttributesInit(attributes));
        Demand(ActionsInit(actions));
        try
        {
            Demand(AttributesSetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession));
            Demand(AttributesSetMask(attributes, none));
            Demand(AttributesSetDefaults(attributes, all));
            Demand(ActionsOpen(actions, 0, "/dev/null", Libc.OpenReadOnly, 0));
            Demand(ActionsOpen(actions, 1, log, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend, 0x180));
            Demand(ActionsDuplicate(actions, 1, 2));
            Demand(ActionsDuplicate(actions, heldOpen, HeldDescriptor));
            CloseTheRest(actions);
            var error = Spawn(out var pid, program, actions, attributes, argv.Pointer, env.Pointer);
            return error == 0 ? pid : -error;
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    /// <summary>What this program itself was started with (a shell's <c>9&gt;lock</c>) must not live on in a job.</summary>
    private static void CloseTheRest(byte* actions)
    {
        if (KnowsCloseFrom)
        {
            Demand(ActionsCloseFrom(actions, HeldDescriptor + 1));
            return;
        }
        foreach (var name in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
            if (int.TryParse(Path.GetFileName(name.AsSpan()), out var descriptor) && descriptor > HeldDescriptor) Demand(ActionsClose(actions, descriptor));
    }

    // glibc 2.34; the login nodes of many clusters have 2.28.
    private static readonly bool KnowsCloseFrom = NativeLibrary.TryGetExport(NativeLibrary.Load("libc.so.6"), "posix_spawn_file_actions_addclosefrom_np", out _);

    private static void Demand(int error)
    {
        if (error != 0) throw new IOException($"cannot prepare a process: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    private sealed class TextArray : IDisposable
    {
        private readonly int _count;

        public TextArray(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++) Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int pid, string program, byte* actions, byte* attributes, byte** argv, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")] private static partial int AttributesInit(byte* attributes);
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")] private static partial int AttributesDestroy(byte* attributes);
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")] private static partial int AttributesSetFlags(byte* attributes, short flags);
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")] private static partial int AttributesSetMask(byte* attributes, byte* signals);
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")] private static partial int AttributesSetDefaults(byte* attributes, byte* signals);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")] private static partial int ActionsInit(byte* actions);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")] private static partial int ActionsDestroy(byte* actions);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsOpen(byte* actions, int descriptor, string path, int flags, uint mode);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")] private static partial int ActionsDuplicate(byte* actions, int from, int to);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")] private static partial int ActionsClose(byte* actions, int descriptor);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")] private static partial int ActionsCloseFrom(byte* actions, int from);
}
