using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>Runs files of expectations about rules, which a project keeps beside them: <c>*.rules-test.yaml</c>.</summary>
internal static class RulesFixtures
{
    private const string Extension = ".rules-test.yaml";

    /// <summary>The fixtures that a word names; null when it names none.</summary>
    public static ImmutableArray<string>? Find(CliContext context, string named)
    {
        var path = context.FullPath(named);
        if (named.EndsWith(Extension, StringComparison.Ordinal)) return [path];
        if (!Directory.Exists(path)) return null;
        ImmutableArray<string> files = [.. Directory.EnumerateFiles(path, $"*{Extension}", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 8 }).Order(StringComparer.Ordinal)];
        return files.IsEmpty ? null : files;
    }

    public static int Run(CliContext context, ExperimentWords words, ImmutableArray<string> files, string? log, RulesFormat format)
    {
        var (report, sources) = (new DiagnosticBag(), new SourceTexts());
        if (log is not null || format is RulesFormat.Json || words.Words.Count > 1)
            report.Error("RUN068", SourceSpan.None, "a *.rules-test.yaml brings its own logs and rules: --log, --json and overrides do not go together with it");
        var fixtures = files.Select(file => (File: Path.GetRelativePath(context.CurrentFolder, file), Fixture: RulesFixture.Read(context, file, words.ConfigDir, sources, report))).ToList();
        Reporting.Print(context, report.All, sources);
        if (report.HasErrors) return ExitCode.UserMistake;
        var (passed, failed) = (0, 0);
        foreach (var (file, fixture) in fixtures)
            foreach (var test in fixture!.Cases)
            {
                var wrong = Mistakes(context, fixture.Rules, test).ToList();
                if (wrong.Count == 0) passed++;
                else failed++;
                context.Out.WriteLine($"{(wrong.Count == 0 ? "ok  " : "FAIL")}  {file}: {LogText.Safe(test.Name)}");
                foreach (var mistake in wrong) context.Out.WriteLine($"      {LogText.Safe(mistake)}");
            }
        context.Out.WriteLine($"{Quantity.Of(passed + failed, "case")}, {failed} failed.");
        return failed == 0 ? ExitCode.Done : ExitCode.RunsFailed;
    }

    /// <summary>What does not come as the case expects it, in sentences.</summary>
    private static IEnumerable<string> Mistakes(CliContext context, TriedRules rules, RulesCase test)
    {
        using var kept = new Kept();
        using var log = new MemoryStream(test.Log);
        RulesScan.Run(log, rules.Trial(context), kept, static () => false, CancellationToken.None);
        var left = kept.Matches.ToList();
        foreach (var wanted in test.Expect)
        {
            // The nearest says best what is wrong.
            var nearest = left.Where(m => m.Rule.Name == wanted.Rule).Select(m => (Match: m, Wrong: wanted.Differences(m).ToList()))
                .OrderBy(m => wanted.Line is null || m.Match.Line.Contains(wanted.Line, StringComparison.Ordinal) ? 0 : 1).ThenBy(static m => m.Wrong.Count).FirstOrDefault();
            if (nearest.Match is null) yield return $"{wanted.At}: {wanted.Rule} does not match{(kept.Matches.Any(m => m.Rule.Name == wanted.Rule) ? " again" : "")}";
            else if (nearest.Wrong.Count > 0) yield return $"{wanted.At}: {wanted.Rule} matches '{RulesWords.Short(nearest.Match.Line)}', but {string.Join("; ", nearest.Wrong)}";
            if (nearest.Match is not null) left.Remove(nearest.Match);
        }
        foreach (var (rule, at) in test.Not)
            if (kept.Matches.Find(m => m.Rule.Name == rule) is { } match) yield return $"{at}: {rule} must not match, and matches '{RulesWords.Short(match.Line)}'";
    }

    private sealed class Kept : IRulesOutput
    {
        public List<TriedMatch> Matches { get; } = [];
        public bool CountsLines => false;
        public void Take(TriedMatch match, long line) => Matches.Add(match);
        public void End(RuleTrial trial) { }
        public void Dispose() { }
    }
}

/// <summary>A file of expectations: rules, and what they make of logs.</summary>
internal sealed record RulesFixture(TriedRules Rules, ImmutableArray<RulesCase> Cases)
{
    /// <summary>Null, with diagnostics, when it is malformed.</summary>
    public static RulesFixture? Read(CliContext context, string path, string? configDir, SourceTexts sources, DiagnosticBag report)
    {
        var before = report.All.Count;
        if (TextFile.Read(Path.GetRelativePath(context.CurrentFolder, path), path, sources, report) is not { } file || YamlReader.Read(file, report) is not { } tree) return null;
        if (tree is not ConfigNode.Mapping map)
        {
            report.Error("RUN069", tree.At, "a fixture is a mapping with the keys 'rules' and 'cases'", "such as: {rules: megatron_basic, cases: [{log: \"…\", expect: [{rule: cuda_oom}]}]}");
            return null;
        }
        var rules = map["rules"] is ConfigNode.Scalar named ? Load(context, named, path, configDir, sources, report) : Missing(map, "rules", report);
        var cases = new RulesCaseReader(rules?.Rules ?? RuleSet.None, Path.GetDirectoryName(path)!, report).ReadAll(map);
        return report.All.Skip(before).Any(static d => d.Severity is Severity.Error) || rules is null ? null : new(rules, cases);
    }

    private static TriedRules? Missing(ConfigNode.Mapping map, string key, DiagnosticBag report)
    {
        report.Error("RUN069", map.At, $"a fixture needs the key '{key}'", "the rules that it is about: a file beside it, an experiment, or a group's name");
        return null;
    }

    private static TriedRules? Load(CliContext context, ConfigNode.Scalar named, string path, string? configDir, SourceTexts sources, DiagnosticBag report)
    {
        // What lies beside the fixture goes before what is known by name.
        var beside = Path.GetFullPath(named.Text, Path.GetDirectoryName(path)!);
        var source = RulesSource.Load(context, new([File.Exists(beside) || Directory.Exists(beside) ? Path.GetRelativePath(context.CurrentFolder, beside) : named.Text], configDir, null));
        foreach (var said in source.Report.All) report.Add(said.At == SourceSpan.None ? said with { At = named.At } : said);
        sources.Take(source.Sources);
        return source.Tried;
    }
}
