using System.Globalization;
using System.Text.RegularExpressions;

namespace FakeSlurm.Commands;

/// <summary>A column of squeue: its width (0: as wide as the text), its side, what follows it.</summary>
internal sealed record Column(string Header, Func<ClusterState, Row, string> Value, int Width, bool IsRight, string Before, string After)
{
    public string Show(string text)
    {
        if (Width > 0) text = text.Length > Width ? text[..Width] : IsRight ? text.PadLeft(Width) : text.PadRight(Width);
        return $"{Before}{text}{After}";
    }
}

/// <summary>The columns of <c>squeue -o</c> and <c>squeue -O</c>.</summary>
internal static partial class Columns
{
    private static readonly Dictionary<string, (string Letter, string Header, Func<ClusterState, Row, string> Value)> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["JobArrayID"] = ("i", "JOBID", (_, row) => row.Id),
        ["JobID"] = ("A", "JOBID", (_, row) => Text(row.Job.Id)),
        ["ArrayJobID"] = ("F", "ARRAY_JOB_ID", (_, row) => Text(row.Job.ArrayId ?? row.Job.Id)),
        ["ArrayTaskID"] = ("K", "ARRAY_TASK_ID", (_, row) => row.TaskText),
        ["State"] = ("T", "STATE", (_, row) => row.State!),
        ["StateCompact"] = ("t", "ST", (_, row) => JobStates.Compact.GetValueOrDefault(row.State!, row.State!)),
        ["Reason"] = ("r", "REASON", (_, row) => row.Job.Reason),
        ["ReasonList"] = ("R", "NODELIST(REASON)", (_, row) => row.Job.NodeList.Count > 0 ? NodeNames.Shown(row.Job.NodeList) : $"({row.Job.Reason})"),
        ["RestartCnt"] = ("", "RESTART_COUNT", (_, row) => Text(row.Job.RestartCount)),
        ["StartTime"] = ("S", "START_TIME", (state, row) => Start(row.Job) is { } start ? state.Shown(start) : "N/A"),
        ["EndTime"] = ("e", "END_TIME", (state, row) => End(state, row.Job)),
        ["SubmitTime"] = ("V", "SUBMIT_TIME", (state, row) => state.Shown(row.Job.Submitted)),
        ["NodeList"] = ("N", "NODELIST", (_, row) => NodeNames.Shown(row.Job.NodeList)),
        ["Name"] = ("j", "NAME", (_, row) => row.Job.Name),
        ["Comment"] = ("k", "COMMENT", (_, row) => row.Job.Comment ?? "(null)"),
        ["Partition"] = ("P", "PARTITION", (_, row) => row.Job.Partition),
        ["UserName"] = ("u", "USER", (_, row) => row.Job.User),
        ["Account"] = ("a", "ACCOUNT", (_, row) => row.Job.Account),
        ["QOS"] = ("q", "QOS", (_, row) => row.Job.Qos),
        ["TimeUsed"] = ("M", "TIME", (state, row) => Used(state, row.Job)),
        ["TimeLimit"] = ("l", "TIME_LIMIT", (_, row) => TimeWords.Shown(row.Job.LimitMinutes, "UNLIMITED")),
        ["NumNodes"] = ("D", "NODES", (_, row) => Text(row.Job.Nodes)),
        ["NumCPUs"] = ("C", "CPUS", (_, row) => Text(row.Job.Tasks * row.Job.CpusPerTask)),
        ["Priority"] = ("Q", "PRIORITY", (_, row) => row.Job.Held is null ? "1" : "0"),
        ["PriorityLong"] = ("", "PRIORITY", (_, row) => row.Job.Held is null ? "1" : "0"),
        ["Dependency"] = ("E", "DEPENDENCY", (_, row) => row.Job.Dependency is { } text ? ShowJob.Dependency(text) : "(null)"),
        ["WorkDir"] = ("Z", "WORK_DIR", (_, row) => row.Job.WorkDir),
        ["Command"] = ("o", "COMMAND", (_, row) => row.Job.Command ?? "(null)"),
        ["ScheduledNodes"] = ("Y", "SCHEDNODES", (_, _) => "(null)"),
        ["exit_code"] = ("", "EXIT_CODE", (_, row) => Text(row.Job.ExitCode * 256 + row.Job.Signal)),
        ["TimeLeft"] = ("L", "TIME_LEFT", (state, row) => row.Job is { LimitMinutes: { } limit, Started: { } start, HasEnded: false } ? Short(start.AddMinutes(limit) - state.Now) : TimeWords.Shown(row.Job.LimitMinutes, "UNLIMITED")),
    };

    /// <summary><c>-o</c>: <c>%[[.]width]letter</c>, and whatever stands between them.</summary>
    public static List<Column> Narrow(string format)
    {
        var columns = new List<Column>();
        var before = format[..Math.Max(0, format.IndexOf('%', StringComparison.Ordinal))];
        foreach (Match match in Letter().Matches(format))
        {
            var known = All.Values.FirstOrDefault(column => column.Letter == match.Groups["letter"].Value);
            if (known.Value is null) continue;
            columns.Add(new(known.Header, known.Value, Width(match), match.Groups["right"].Success, before, match.Groups["after"].Value));
            before = "";
        }
        return columns;
    }

    /// <summary><c>-O</c>: <c>Name[:[.][width][suffix]]</c>; 20 wide without a colon, as wide as the text without a number.</summary>
    public static List<Column> Wide(string format)
    {
        var columns = new List<Column>();
        foreach (Match match in Field().Matches(format))
        {
            if (!All.TryGetValue(match.Groups["name"].Value, out var known)) continue;
            columns.Add(new(known.Header, known.Value, match.Groups["colon"].Success ? Width(match) : 20, match.Groups["right"].Success, "", match.Groups["after"].Value));
        }
        return columns;
    }

    private static int Width(Match match) => match.Groups["width"] is { Success: true } width ? int.Parse(width.Value, CultureInfo.InvariantCulture) : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Start(FakeJob job) => job.Started ?? (job.IsPending && job.Held is null ? job.Begin : job.HasEnded ? job.Ended : null);

    private static string End(ClusterState state, FakeJob job)
    {
        if (job.Ended is { } ended) return state.Shown(ended);
        if (Start(job) is not { } start) return "N/A";
        return job.LimitMinutes is { } limit ? state.Shown(start.AddMinutes(limit)) : "NONE";
    }

    private static string Used(ClusterState state, FakeJob job) => Short(job.Started is { } start ? (job.Ended ?? state.Now) - start : TimeSpan.Zero);

    // 0:46, 1:02:03, 2-00:00:00.
    private static string Short(TimeSpan time) => time.Days > 0 ? $"{time.Days}-{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}" : time.Hours > 0 ? $"{time.Hours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";

    [GeneratedRegex(@"%(?<right>\.)?(?<width>\d+)?(?<letter>[A-Za-z])(?<after>[^%]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Letter();

    [GeneratedRegex(@"(?<name>[A-Za-z_-]+)((?<colon>:)(?<right>\.)?(?<width>\d+)?(?<after>[^,]*))?(,|$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Field();
}
