using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

public sealed class YamlTests
{
    private static ConfigNode.Mapping Read(string text)
    {
        var report = new DiagnosticBag();
        var node = YamlReader.Read(new SourceFile("f.yaml", "/f.yaml", text), report);
        Assert.Empty(report.All);
        return Assert.IsType<ConfigNode.Mapping>(node);
    }

    private static Diagnostic Mistake(string text)
    {
        var report = new DiagnosticBag();
        YamlReader.Read(new SourceFile("f.yaml", "/f.yaml", text), report);
        return Assert.Single(report.All);
    }

    [Fact]
    public void Every_node_knows_its_line_and_column_counted_from_one()
    {
        var map = Read("a: 1\nb:\n  c: [x, yy]\n");
        Assert.Equal(new SourceSpan("f.yaml", 1, 4), map["a"]!.At);
        var inner = Assert.IsType<ConfigNode.Mapping>(map["b"]);
        Assert.Equal(new SourceSpan("f.yaml", 3, 3), inner.Entries[0].KeyAt);
        Assert.Equal(new SourceSpan("f.yaml", 3, 10), Assert.IsType<ConfigNode.Sequence>(inner["c"]).Items[1].At);
    }

    [Theory]
    [InlineData("a: &x {p: 1}\nb: *x", "a:\n  p: 1\nb:\n  p: 1\n")]
    [InlineData("x: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", "x:\n  p: 1\n  q: 2\nb:\n  p: 1\n  q: 3\n")]
    [InlineData("b: {<<: [{p: 1}, {p: 2, q: 2}]}", "b:\n  p: 1\n  q: 2\n")]
    [InlineData("a:\n  - 1\n  - b: 2", "a:\n- 1\n- b: 2\n")]
    [InlineData("", "{}\n")]
    [InlineData("a: [[1, 2], [], {}]", "a:\n- - 1\n  - 2\n- []\n- {}\n")]
    public void Aliases_merge_keys_and_nesting_read_as_in_YAML(string text, string emitted) => Assert.Equal(emitted, new YamlEmitter().Emit(Read(text)));

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", "CFG009", 3)]
    [InlineData("a: [1\nb: 2", "CFG001", 1)]
    [InlineData("a: 'x", "CFG001", 1)]
    [InlineData("a: 1\n---\nb: 2", "CFG002", 2)]
    [InlineData("? [a]\n: 1", "CFG004", 1)]
    [InlineData("a: !secret x", "CFG007", 1)]
    [InlineData("a: *nowhere", "CFG008", 1)]
    [InlineData("a: &a {b: *a}", "CFG008", 1)]
    [InlineData("a: \"x\\0y\"", "CFG006", 1)]
    [InlineData("a: {<<: 3}", "CFG005", 1)]
    public void What_is_wrong_with_a_text_is_told_with_its_line(string text, string code, int line)
    {
        var mistake = Mistake(text);
        Assert.Equal((code, line), (mistake.Code, mistake.At.Line));
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_at_once()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 30).Select(static i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        Assert.Equal("CFG003", Mistake(text).Code);
    }

    [Fact]
    public void Nesting_beyond_reason_is_refused() => Assert.Equal("CFG003", Mistake("a: " + new string('[', 500) + new string(']', 500)).Code);

    [Theory]
    [InlineData("1e3", "1000.0")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5.0")]
    [InlineData("1_000", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("0b11", "3")]
    [InlineData("0o17", "'0o17'", true)]
    [InlineData("017", "15")]
    [InlineData("-017", "-15")]
    [InlineData("1:30", "90")]
    [InlineData("12:30:45", "45045")]
    [InlineData("1:30.5", "90.5")]
    [InlineData("yes", "True")]
    [InlineData("OFF", "False")]
    [InlineData("y", "'y'", true)]
    [InlineData("True", "True")]
    [InlineData("tRue", "'tRue'", true)]
    [InlineData("~", "None")]
    [InlineData("", "None")]
    [InlineData("None", "'None'", true)]
    [InlineData("inf", "'inf'", true)]
    [InlineData(".inf", "inf")]
    [InlineData("-.inf", "-inf")]
    [InlineData(".NaN", "nan")]
    [InlineData("2020-01-01", "'2020-01-01'", true)]
    [InlineData("1.5.2", "'1.5.2'", true)]
    [InlineData("1e", "'1e'", true)]
    [InlineData("1_0.5", "10.5")]
    [InlineData("-0", "0")]
    [InlineData("1__0", "10")]
    [InlineData("_1", "'_1'", true)]
    [InlineData("1_", "1")]
    [InlineData("0_", "0")]
    [InlineData("08", "'08'", true)]
    [InlineData("99999999999999999999", "99999999999999999999")]
    public void Plain_scalars_are_typed_as_OmegaConf_types_them(string text, string python, bool isText = false)
    {
        var value = YamlScalar.Read(text);
        Assert.Equal(isText, value is ScalarValue.Text);
        Assert.Equal(isText ? python.Trim('\'') : python, PythonText.Of(value));
    }

    [Theory]
    [InlineData(1e-05, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(123456789012345680.0, "1.2345678901234568e+17")]
    [InlineData(100000.0, "100000.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(1e-300, "1e-300")]
    [InlineData(1e23, "1e+23")]
    [InlineData(0.001, "0.001")]
    [InlineData(1e22, "1e+22")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(9.5e-5, "9.5e-05")]
    [InlineData(5e-324, "5e-324")]
    public void A_float_has_the_text_that_Python_gives_it(double value, string text) => Assert.Equal(text, PythonText.Of(value));

    [Theory]
    [InlineData("1e-5", "1.0e-05")]
    [InlineData("'1e3'", "'1e3'")]
    [InlineData("'yes'", "'yes'")]
    [InlineData("'012'", "'012'")]
    [InlineData("''", "''")]
    [InlineData("on", "true")]
    [InlineData("'a: b'", "'a: b'")]
    [InlineData("'it''s'", "it's")]
    [InlineData("'- x'", "'- x'")]
    [InlineData("${a.b}", "${a.b}")]
    [InlineData("\"a\\nb\"", "\"a\\nb\"")]
    [InlineData("???", "???")]
    [InlineData("-x", "-x")]
    public void Values_are_written_so_that_any_YAML_reader_reads_the_same(string given, string written) => Assert.Equal($"a: {written}\n", new YamlEmitter().Emit(Read($"a: {given}")));
}
