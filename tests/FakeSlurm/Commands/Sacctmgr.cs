namespace FakeSlurm.Commands;

/// <summary><c>sacctmgr show assoc</c> and <c>show qos</c>, as the parsable forms have them.</summary>
internal static class Sacctmgr
{
    private static readonly string[] AssocColumns = ["Cluster", "Account", "User", "Partition", "Share", "Priority", "GrpJobs", "GrpTRES", "GrpSubmit", "GrpWall", "GrpTRESMins", "MaxJobs", "MaxTRES", "MaxTRESPerNode", "MaxSubmit", "MaxWall", "MaxTRESMins", "QOS", "Def QOS", "GrpTRESRunMins"];
    private static readonly string[] QosColumns = ["Name", "Priority", "GraceTime", "Preempt", "PreemptExemptTime", "PreemptMode", "Flags", "UsageThres", "UsageFactor", "GrpTRES", "GrpTRESMins", "GrpTRESRunMins", "GrpJobs", "GrpSubmit", "GrpWall", "MaxTRES", "MaxTRESPerNode", "MaxTRESMins", "MaxWall", "MaxTRESPU", "MaxJobsPU", "MaxSubmitPU", "MaxTRESPA", "MaxJobsPA", "MaxSubmitPA", "MinTRES"];

    // Longer spellings that `format=` takes.
    private static readonly Dictionary<string, string> Spellings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MaxSubmitJobs"] = "MaxSubmit",
        ["DefaultQOS"] = "Def QOS",
        ["DefQOS"] = "Def QOS",
        ["GrpSubmitJobs"] = "GrpSubmit",
        ["Fairshare"] = "Share",
        ["MaxSubmitJobsPerUser"] = "MaxSubmitPU",
        ["MaxSubmitJobsPU"] = "MaxSubmitPU",
        ["MaxSubmitPerUser"] = "MaxSubmitPU",
        ["MaxJobsPerUser"] = "MaxJobsPU",
        ["MaxTRESPerUser"] = "MaxTRESPU",
        ["MaxSubmitJobsPerAccount"] = "MaxSubmitPA",
        ["MaxJobsPerAccount"] = "MaxJobsPA",
    };

    public static Answer Answer(ClusterState state, Call call)
    {
        if (state.Site.HasNoAccounting) return FakeSlurm.Answer.Refused(1, "You are not running a supported accounting_storage plugin\nOnly 'accounting_storage/slurmdbd' is supported.\n");
        var words = call.Words.Where(word => !word.StartsWith('-')).ToList();
        if (words is not ["show" or "list", var what, ..]) return FakeSlurm.Answer.Refused(1, $" Unknown command: \"{words.FirstOrDefault()}\"\n");
        var isQos = what.Equals("qos", StringComparison.OrdinalIgnoreCase);
        if (!isQos && !what.StartsWith("assoc", StringComparison.OrdinalIgnoreCase)) return FakeSlurm.Answer.Refused(1, "No valid entity in list command\n");
        var columns = isQos ? QosColumns : AssocColumns;
        var asked = Value(words, "format")?.Split(',').Select(name => name.Split('%')[0]).Select(name => Spellings.GetValueOrDefault(name, name)).Select(name => columns.FirstOrDefault(column => column.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name).ToList() ?? [.. columns];
        if (asked.Find(name => !columns.Contains(name)) is { } wrong) return FakeSlurm.Answer.Refused(1, $" Unknown field '{wrong}'\n");
        var rows = isQos ? Qos(state.Site) : Associations(state.Site, Value(words, "user") ?? Value(words, "users"), Value(words, "account") ?? Value(words, "accounts"));
        var lines = rows.Select(row => string.Join('|', asked.Select(column => row.GetValueOrDefault(column, ""))));
        if (!call.Words.Contains("-n") && !call.Words.Contains("--noheader")) lines = lines.Prepend(string.Join('|', asked));
        return FakeSlurm.Answer.Said(string.Concat(lines.Select(line => $"{line}\n")));
    }

    private static string? Value(List<string> words, string name) => words.Find(word => word.StartsWith($"{name}=", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..];

    private static IEnumerable<Dictionary<string, string>> Qos(Site site) => site.Qos.Select(qos => new Dictionary<string, string>
    {
        ["Name"] = qos.Name,
        ["Priority"] = "0",
        ["GraceTime"] = "00:00:00",
        ["PreemptMode"] = "cluster",
        ["Flags"] = qos.DeniesOnLimit ? "DenyOnLimit" : "",
        ["UsageFactor"] = "1.000000",
        ["MaxWall"] = qos.MaxMinutes > 0 ? TimeWords.Full(TimeSpan.FromMinutes(qos.MaxMinutes)) : "",
        ["MaxJobsPU"] = Shown(qos.MaxRunning),
        ["MaxSubmitPU"] = Shown(qos.MaxSubmit),
    });

    private static IEnumerable<Dictionary<string, string>> Associations(Site site, string? user, string? only)
    {
        foreach (var account in site.Accounts.Where(account => only is null || account == only))
        {
            if (user is null) yield return Row(account, "", "normal", 0);
            if (user is null || user == site.User) yield return Row(account, site.User, string.Join(',', site.Qos.Select(qos => qos.Name).Order(StringComparer.Ordinal)), site.MaxSubmit);
        }

        Dictionary<string, string> Row(string account, string name, string qos, int maxSubmit) => new() { ["Cluster"] = site.ClusterName, ["Account"] = account, ["User"] = name, ["Share"] = "1", ["QOS"] = qos, ["MaxSubmit"] = Shown(maxSubmit) };
    }

    private static string Shown(int limit) => limit > 0 ? $"{limit}" : "";
}
