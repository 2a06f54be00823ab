using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Core.Tests.Planning;

namespace Vigil.Core.Tests.Configuration;

public sealed class ConfigurationLaws
{
    private static readonly string[] Hostile =
    [
        "", " ", "a", "yes", "1e3", "0x1F", "1:30", "017", "~", "null", "???", "<<", "- x", "a: b", "#c", "a #b", "it's", "\"q\"", "${a}", "\\${a}", "$${a", "{x}", "[", "]", "{", "}", ",", ":", "?", "-", "|", ">", "&a", "*a", "!t", "%", "@", "`",
        "line\nbreak", "tab\there", "\r", "é", "日本", "😀", "\u2028", "\u0085", "\uFEFF", "---", "...", "=", "-.5", ".inf", "x:", " lead", "trail ", "\\", "'", "a\\nb", "oc.env:X", "${oc.env:X,'", "${.", "sweep:", "\n- ", "params: ", "\t",
    ];

    private static readonly Gen<string> Text = Gen.OneOf(Gen.Elements(Hostile), Gen.ArrayOf(Gen.Elements(Hostile), 3).Select(static parts => string.Concat(parts)));

    private static Gen<ConfigNode> Tree(int depth)
    {
        var scalar = Text.Select(static t => (ConfigNode)new ConfigNode.Scalar(SourceSpan.None, t, ScalarStyle.Quoted));
        var number = Gen.Elements("1", "-3", "0.5", "1e-5", "true", "null", "", "???", "12345678901234567890").Select(static t => (ConfigNode)new ConfigNode.Scalar(SourceSpan.None, t, ScalarStyle.Plain));
        if (depth == 0) return Gen.OneOf(scalar, number);
        var list = Gen.Choose(0, 3).SelectMany(n => Gen.ArrayOf(Tree(depth - 1), n)).Select(static items => (ConfigNode)new ConfigNode.Sequence(SourceSpan.None, [.. items]));
        var map = Gen.Choose(0, 3).SelectMany(n => Gen.ArrayOf(Text.Zip(Tree(depth - 1)), n)).Select(static entries =>
            (ConfigNode)new ConfigNode.Mapping(SourceSpan.None, [.. entries.DistinctBy(static e => e.Item1).Select(static e => new ConfigEntry(e.Item1, SourceSpan.None, e.Item2))]));
        return Gen.OneOf(scalar, number, list, map);
    }

    [Fact]
    public void A_tree_that_was_written_reads_back_as_it_was()
    {
        Prop.ForAll(Tree(4).ToArbitrary(), static tree =>
        {
            var report = new DiagnosticBag();
            var root = new ConfigNode.Mapping(SourceSpan.None, [new("root", SourceSpan.None, tree)]);
            var text = new YamlEmitter().Emit(root);
            var back = YamlReader.Read(new SourceFile("f", "/f", text), report);
            Assert.True(report.All.Count == 0, $"{string.Join(";", report.All)} in {JsonEmitter.Emit(root)} written as\n{text}");
            Assert.Equal(JsonEmitter.Emit(root), JsonEmitter.Emit(back!));
            Assert.Equal(text, new YamlEmitter().Emit(back!));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(800));
    }

    [Fact]
    public void A_key_with_a_colon_and_a_brace_reads_back_as_it_was()
    {
        var root = new ConfigNode.Mapping(SourceSpan.None, [new("1:30}${a}", SourceSpan.None, new ConfigNode.Sequence(SourceSpan.None, []))]);
        Assert.Equal(JsonEmitter.Emit(root), JsonEmitter.Emit(YamlReader.Read(new SourceFile("f", "/f", new YamlEmitter().Emit(root)), new DiagnosticBag())!));
    }

    [Fact]
    public void Whatever_stands_in_a_file_planning_answers()
    {
        var file = Gen.Choose(1, 12).SelectMany(n => Gen.ArrayOf(Text, n)).Select(static parts => string.Concat(parts));
        Prop.ForAll(file.ToArbitrary(), static text => { _ = Some.Plan(text); }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Whatever_a_file_is_made_of_planning_answers()
    {
        Prop.ForAll(Tree(4).Zip(Gen.Elements("backend", "job", "local", "sweep", "project", "scheduler", "slurm", "stage", "lr")).ToArbitrary(), static pair =>
        {
            var text = new YamlEmitter().Emit(new ConfigNode.Mapping(SourceSpan.None, [new(pair.Item2, SourceSpan.None, pair.Item1)]));
            _ = Some.Plan((pair.Item2 == "backend" ? "" : "backend: {command: 'true {name} ${lrr}'}\n") + text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(800));
    }

    [Fact]
    public void Whatever_is_typed_as_an_override_planning_answers()
    {
        Prop.ForAll(Gen.ArrayOf(Text, 3).Select(static parts => parts[0] + "=" + parts[1] + parts[2]).ToArbitrary(), static text =>
        {
            _ = Some.Plan("lr: 1\na: {b: [1]}\nbackend: {command: x}\n", text, "lr=" + text, "+x=" + text, "~" + text, text.Replace("=", "", StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Whatever_stands_in_a_text_its_interpolations_are_answered()
    {
        var pieces = Gen.Elements("${", "}", "$", "\\", "a", ".", "[", "]", ":", ",", "'", "\"", " ", "oc.env", "{", "${a}", "${.b}", "(", "\\$", "\t", "é");
        Prop.ForAll(Gen.Choose(0, 14).SelectMany(n => Gen.ArrayOf(pieces, n)).Select(static p => string.Concat(p)).ToArbitrary(), static text =>
        {
            var template = TemplateParser.Parse(text, DollarRule.Escapes, out var mistake);
            Assert.True(template is null != mistake is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
