using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>The processes that a job has left or still runs: all of its session, the wrapper included.</summary>
internal static class LocalSession
{
    /// <summary>The living members, by the wrapper's pid, which is the session's number.</summary>
    public static ILookup<int, ProcessStat> Members(ProcessTable processes, IReadOnlyList<ProcessIdentity> wrappers) => Members(processes, wrappers, processes.MembersOf);

    /// <summary>The same where all began less than a second ago.</summary>
    public static ILookup<int, ProcessStat> YoungMembers(ProcessTable processes, IReadOnlyList<ProcessIdentity> wrappers) => Members(processes, wrappers, processes.MembersOfYoung);

    private static ILookup<int, ProcessStat> Members(ProcessTable processes, IReadOnlyList<ProcessIdentity> wrappers, Func<IReadOnlySet<int>, ILookup<int, ProcessStat>> walk)
    {
        // A session's number is not given to a new process while a member lives. If a younger process bears it, ours is empty.
        var ours = wrappers.Where(w => w.Boot == processes.Boot && (processes.Read(w.Pid) is not { } leader || leader.Start == w.Start)).ToDictionary(static w => w.Pid, static w => w.Start);
        if (ours.Count == 0) return Array.Empty<ProcessStat>().ToLookup(static m => m.Session);
        return walk(ours.Keys.ToHashSet()).SelectMany(static g => g).Where(m => m.Start >= ours[m.Session]).ToLookup(static m => m.Session);
    }

    public static void Signal(IEnumerable<ProcessStat> members, int signal)
    {
        foreach (var member in members) _ = Libc.Kill(member.Pid, signal);
    }
}
