using System.Globalization;
using System.Text.Json.Nodes;
using Vigil.Configuration;

namespace Vigil.Tests.Differential;

/// <summary>
/// Random cases against OmegaConf itself. <c>VIGIL_DIFFERENTIAL_SEED</c> begins elsewhere, <c>VIGIL_DIFFERENTIAL_CASES</c> runs more of them,
/// <c>VIGIL_DIFFERENTIAL_SHOW</c> shows more than the first differences.
/// </summary>
public sealed class OmegaConfDifference
{
    private static readonly int Seed = Number("VIGIL_DIFFERENTIAL_SEED", 20_260);
    private static readonly int Cases = Number("VIGIL_DIFFERENTIAL_CASES", 2_000);

    [Fact]
    public void Interpolated_trees_resolve_to_what_they_resolve_to_in_OmegaConf() => Compare("resolve", static (maker, oracle) =>
    {
        var tree = maker.InterpolatedTree();
        if (KnownDifferences.OfTree(tree) is not null) return null;
        var theirs = oracle.Ask(new() { ["kind"] = "resolve", ["tree"] = Shown.Tagged(tree) });
        var ours = Ours.Resolve(tree);
        return Ours.Differs(theirs, ours) is { } difference ? new($"{difference}\n{new YamlEmitter().Emit(tree)}", tree.Entries.Length) : new(null, tree.Entries.Length);
    });

    [Fact]
    public void Trees_merge_to_what_they_merge_to_in_OmegaConf() => Compare("merge", static (maker, oracle) =>
    {
        var (below, above) = (maker.MergeTree(), maker.MergeTree());
        if (KnownDifferences.OfTree(below) is not null || KnownDifferences.OfTree(above) is not null) return null;
        var theirs = oracle.Ask(new() { ["kind"] = "merge", ["below"] = Shown.Tagged(below), ["above"] = Shown.Tagged(above) });
        var ours = Merging.Merge(below, above, new DiagnosticBag());
        return Ours.Differs(theirs, ours) is { } difference ? new($"{difference}\n{new YamlEmitter().Emit(below)}+\n{new YamlEmitter().Emit(above)}", 1) : new(null, 1);
    });

    [Fact]
    public void Documents_read_as_they_read_in_OmegaConf() => Compare("read", static (maker, oracle) =>
    {
        var text = maker.Document();
        if (KnownDifferences.OfDocument(text) is not null) return null;
        var theirs = oracle.Ask(new() { ["kind"] = "read", ["text"] = text });
        var ours = Ours.Read(text);
        return Ours.Differs(theirs, ours is null ? null : Ours.Root(ours)) is { } difference ? new($"{difference}\n{text}", 1) : new(null, 1);
    });

    [Fact]
    public void What_Vigil_writes_OmegaConf_reads_and_the_other_way_round() => Compare("write", static (maker, oracle) =>
    {
        var tree = maker.Map(4, maker.Value, maker.AnyKey);
        if (tree.Entries.IsEmpty || KnownDifferences.OfTree(tree) is not null) return null;
        var text = new YamlEmitter().Emit(tree);
        if (Ours.Differs(oracle.Ask(new() { ["kind"] = "read", ["text"] = text }), Ours.Root(tree)) is { } difference) return new($"they read ours: {difference}\n{text}", 1);
        var theirs = oracle.Ask(new() { ["kind"] = "write", ["tree"] = Shown.Tagged(tree) });
        if (theirs["text"]?.GetValue<string>() is not { } written) return new($"they cannot write: {theirs.ToJsonString()}\n{text}", 1);
        // PyYAML does not read every text back that it wrote.
        if (theirs["reads"]!.GetValue<bool>() && Shown.Text(Ours.Read(written) ?? new ConfigNode.Sequence(SourceSpan.None, [])) != Shown.Text(tree)) return new($"we read theirs otherwise\n{written}", 1);
        return Shown.Text(Ours.Read(text)!) == Shown.Text(tree) ? new(null, 1) : new($"we read our own otherwise\n{text}", 1);
    });

    /// <param name="Difference">Null where both agree.</param>
    /// <param name="Values">How many values were compared.</param>
    private sealed record Outcome(string? Difference, int Values);

    /// <param name="run">Null for a case that a known difference excludes.</param>
    private static void Compare(string what, Func<CaseMaker, Oracle, Outcome?> run)
    {
        using var oracle = Oracle.Start();
        var (differences, compared) = (new List<string>(), 0);
        var shown = Number("VIGIL_DIFFERENTIAL_SHOW", 5);
        for (var i = 0; i < Cases && differences.Count < shown; i++)
        {
            if (run(new CaseMaker(Seed + i), oracle) is not { } outcome) continue;
            compared += outcome.Values;
            if (outcome.Difference is { } difference) differences.Add($"seed {Seed + i}: {difference}");
        }
        Assert.True(differences.Count == 0, $"{what}: {string.Join("\n----\n", differences)}");
        Assert.True(compared >= Cases / 2, $"{what}: only {compared} values of {Cases} cases were compared");
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
