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
        Host = string.Concat(File.ReadAllText(Path.Combine(root, "sys/kernel/hostname")).Trim().Select(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_'));
    }

    public string Boot { get; }

    /// <summary>The pid namespace, such as <c>pid:[4026531836]</c>; empty where the kernel does not tell.</summary>
    public string Namespace { get; }

    /// <summary>This machine's name in the spelling of the job's own files.</summary>
    public string Host { get; }

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
    public ILookup<int, ProcessStat> MembersOf(IReadOnlySet<int> sessions) => Among(
        Directory.EnumerateDirectories(_root).Select(static f => int.TryParse(Path.GetFileName(f.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0), sessions);

    /// <summary>
    /// The same for sessions that began less than a second ago: pids are given in rising order, so only those from the oldest leader's to the
    /// newest one need a look. Walking over everything costs more than a short job itself.
    /// </summary>
    public ILookup<int, ProcessStat> MembersOfYoung(IReadOnlySet<int> sessions)
    {
        const int many = 4096;
        var oldest = sessions.Min();
        var newest = NewestPid();
        return newest < oldest || newest - oldest > many ? MembersOf(sessions) : Among(Enumerable.Range(oldest, newest - oldest + 1), sessions);
    }

    private ILookup<int, ProcessStat> Among(IEnumerable<int> pids, IReadOnlySet<int> sessions) =>
        pids.Select(pid => pid > 0 ? Read(pid) : null).OfType<ProcessStat>().Where(stat => stat.IsAlive && sessions.Contains(stat.Session)).ToLookup(static m => m.Session);

    /// <summary>The pid given last: the last number of <c>/proc/loadavg</c>. 0: it cannot be told.</summary>
    private int NewestPid()
    {
        var text = SmallFile.TryRead(Path.Combine(_root, "loadavg")) ?? [];
        var last = text.AsSpan().TrimEnd((byte)'\n');
        return System.Buffers.Text.Utf8Parser.TryParse(last[(last.LastIndexOf((byte)' ') + 1)..], out int pid, out _) ? pid : 0;
    }

    public ProcessIdentity Self => Identify(Environment.ProcessId) ?? throw new InvalidOperationException($"{_root} does not show this process");
}
