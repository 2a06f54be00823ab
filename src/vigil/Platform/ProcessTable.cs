using System.Globalization;

namespace Vigil.Platform;

/// <summary>The processes of this machine, as <c>/proc</c> shows them.</summary>
internal sealed class ProcessTable
{
    private readonly string _root;

    /// <param name="boot">Null: the machine's own boot id.</param>
    public ProcessTable(string root = "/proc", string? boot = null)
    {
        _root = root;
        Boot = boot ?? File.ReadAllText(Path.Combine(root, "sys/kernel/random/boot_id")).Trim();
        // The link's text names the inode; two containers may share a folder, but not their process numbers.
        Namespace = new FileInfo(Path.Combine(root, "self/ns/pid")).LinkTarget ?? "";
    }

    public string Boot { get; }

    /// <summary>The pid namespace, such as <c>pid:[4026531836]</c>; empty where the kernel does not tell.</summary>
    public string Namespace { get; }

    public unsafe ProcessStat? Read(int pid)
    {
        var file = Libc.Open(string.Create(CultureInfo.InvariantCulture, $"{_root}/{pid}/stat"), Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        if (file < 0) return null;
        var buffer = stackalloc byte[1024];
        var length = Libc.Read(file, buffer, 1024);
        _ = Libc.Close(file);
        return length > 0 && ProcessStat.TryParse(new ReadOnlySpan<byte>(buffer, (int)length), out var stat) ? stat : null;
    }

    public ProcessIdentity? Identify(int pid) => Read(pid) is { } stat ? new(Boot, pid, stat.Start) : null;

    public bool IsAlive(ProcessIdentity process) =>
        process.Boot == Boot && Read(process.Pid) is { IsAlive: true } stat && stat.Start == process.Start;

    /// <summary>The living processes of some sessions, in one walk over all processes.</summary>
    public ILookup<int, ProcessStat> MembersOf(IReadOnlySet<int> sessions)
    {
        var members = new List<ProcessStat>();
        foreach (var folder in Directory.EnumerateDirectories(_root))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { IsAlive: true } stat && sessions.Contains(stat.Session))
                members.Add(stat);
        return members.ToLookup(static m => m.Session);
    }

    public ProcessIdentity Self => Identify(Environment.ProcessId) ?? throw new InvalidOperationException($"{_root} does not show this process");
}
