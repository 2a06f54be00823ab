using System.Globalization;
using System.Text.Json;

namespace FakeSlurm.Commands;

/// <summary>
/// <c>FakeSlurm fake WORD…</c>, for tests that drive the cluster from another process:
/// a fault's name in kebab-case (<c>down</c>, <c>accept-then-time-out=3</c> for three calls, <c>slow:squeue=1</c> for one call of squeue), <c>seconds=N</c> and <c>text=T</c> for the faults that follow;
/// <c>heal</c>; <c>advance=SECONDS</c>; <c>skew=SECONDS</c>; <c>next-id=N</c>; <c>end=NAME:STATE[:EXIT[:SECONDS]]</c>; <c>end-now=NAME:STATE[:EXIT]</c>; <c>crash=NODE</c>, <c>revive=NODE</c>; <c>foreign=USER:NAME</c>;
/// <c>squeue-says=NAME:STATE</c> and <c>sacct-says=NAME:STATE</c> (an empty state hides the job); <c>calls</c> and <c>state</c> print JSON; any property of <see cref="Site"/> by its name: <c>min-job-age=5</c>.
/// </summary>
internal static class Fake
{
    public static Answer Answer(ClusterState state, Call call)
    {
        // It is no command of Slurm's.
        state.Calls.Remove("fake");
        var (seconds, text, output) = (5.0, "Welcome to the cluster", "");
        foreach (var word in call.Words)
        {
            var pair = word.Split('=', 2);
            var value = pair.Length > 1 ? pair[1] : "";
            switch (pair[0])
            {
                case "seconds": seconds = Number(value); break;
                case "text": text = value; break;
                case "calls": output += JsonSerializer.Serialize(state.Calls) + "\n"; break;
                case "state": output += StateFile.Text(state) + "\n"; break;
                default:
                    if (!Do(state, pair[0], value) && !Fail(state, pair[0], value, seconds, text) && !Set(state.Site, pair[0], value)) return FakeSlurm.Answer.Refused(2, $"fake: no such thing: {word}\n");
                    break;
            }
        }
        Simulation.Settle(state);
        return FakeSlurm.Answer.Said(output);
    }

    private static bool Do(ClusterState state, string name, string value)
    {
        var cluster = new FakeCluster(state);
        var parts = value.Split(':');
        var exit = parts.Length > 2 ? (int)Number(parts[2]) : parts is [_, JobStates.Failed] ? 1 : 0;
        switch (name)
        {
            case "heal": cluster.Heal(); break;
            case "advance": Simulation.AdvanceTo(state, state.Now.AddSeconds(Number(value))); break;
            case "skew": state.Skew = TimeSpan.FromSeconds(Number(value)); break;
            case "next-id": state.NextId = (int)Number(value); break;
            case "end": cluster.Ends(new Ending(parts[0], parts.ElementAtOrDefault(1) ?? JobStates.Completed) { ExitCode = exit, Seconds = parts.Length > 3 ? Number(parts[3]) : 60 }); break;
            case "end-now": cluster.EndNow(job => job.Name == parts[0], parts[1], exit); break;
            case "crash": cluster.CrashNode(value); break;
            case "revive": cluster.ReviveNode(value); break;
            case "foreign": cluster.AddForeignJob(parts[0], parts.ElementAtOrDefault(1) ?? "theirs"); break;
            case "squeue-says" or "sacct-says": state.FalseWitnesses.Add(new(name.Split('-')[0], parts[0], parts.ElementAtOrDefault(1) is { Length: > 0 } word ? word : null)); break;
            default: return false;
        }
        return true;
    }

    private static bool Fail(ClusterState state, string name, string value, double seconds, string text)
    {
        var parts = name.Split(':');
        if (!Enum.TryParse<FaultKind>(parts[0].Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var kind) || char.IsAsciiDigit(name[0])) return false;
        state.Faults.Add(new Fault(kind) { Command = parts.ElementAtOrDefault(1), Times = value.Length > 0 ? (int)Number(value) : null, Seconds = seconds, Text = text });
        return true;
    }

    private static bool Set(Site site, string name, string value)
    {
        var property = typeof(Site).GetProperties().FirstOrDefault(property => property.Name.Equals(name.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        if (property is null) return false;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(List<string>)) property.SetValue(site, value.Split(',', StringSplitOptions.RemoveEmptyEntries).ToList());
        else if (type == typeof(bool)) property.SetValue(site, value is "" or "1" or "true");
        else property.SetValue(site, value.Length == 0 ? null : Convert.ChangeType(value, type, CultureInfo.InvariantCulture));
        return true;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
