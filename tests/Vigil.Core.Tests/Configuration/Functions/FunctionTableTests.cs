using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Configuration.Functions;

namespace Vigil.Core.Tests.Configuration.Functions;

public sealed class FunctionTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 3, 4, 5, 78, TimeSpan.FromHours(2));
    private static readonly SourceSpan At = new("f", 7, 3);

    private static readonly Dictionary<string, string> Files = new()
    {
        ["/exp/nodes.txt"] = "# bad\nnode0417\n\nnode0001, node0002\nnode0003 node0417\r\n",
        ["/home/me/nodes"] = "n1",
        ["/exp/empty.txt"] = "# nothing\n\n",
        ["/exp/run/current.yaml"] = "x",
        ["/exp/run/config-42.yaml"] = "x",
        ["/exp/old/config-9.yaml"] = "x",
        ["/exp/old/config-10.yaml"] = "x",
    };

    private static readonly ConfigWorld World = new(static name => name == "HOME" ? "/home/me" : null, Now)
    {
        ReadText = static path => Files.GetValueOrDefault(path),
        ListFolder = static folder => [.. Files.Keys.Where(f => Path.GetDirectoryName(f) == folder).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)],
    };

    /// <summary>Arguments as a YAML flow list, so that numbers are numbers and quoted texts are texts.</summary>
    private static FunctionResult Ask(string name, string arguments)
    {
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", $"x: [{arguments}]"), new DiagnosticBag())!;
        // YAML cannot write it, a resolver can make it.
        var items = ((ConfigNode.Sequence)tree["x"]!).Items.Select(static item => item is ConfigNode.Scalar { Text: "NUL" } ? new ConfigNode.Scalar(At, "a\0b", ScalarStyle.Quoted) : item);
        return FunctionTable.Find(name)!(new PlainCall(name, At, [.. items], World, "/exp"));
    }

    [Theory]
    [InlineData("oc.mul", "2, 3, 4", "24.0")]
    [InlineData("oc.mul", "2, invalid, 4", "8.0")]
    [InlineData("oc.mul", "", "1.0")]
    [InlineData("oc.mul", "'2', true, null, 1e-5", "2e-05")]
    [InlineData("oc.muli", "2, 3, 4", "24")]
    [InlineData("oc.muli", "3.5, '3.5', 2", "6")]
    [InlineData("oc.add", "1, x, 2", "3.0")]
    [InlineData("oc.addi", "3.5, 1", "4")]
    [InlineData("oc.sub", "10, 4", "6.0")]
    [InlineData("oc.sub", "10, invalid", "0.0")]
    [InlineData("oc.subi", "10.9, 4", "6")]
    [InlineData("oc.subi", "x, 4", "0")]
    [InlineData("oc.div", "9, 3", "3.0")]
    [InlineData("oc.div", "10, 0", "0.0")]
    [InlineData("oc.div", "[10, 20], [2, 5]", "[5.0,4.0]")]
    [InlineData("oc.div", "[10, 20], 2", "[5.0,10.0]")]
    [InlineData("oc.divi", "-7, 2", "-4")]
    [InlineData("oc.divi", "10, 0", "0")]
    [InlineData("oc.divi", "[10, 20, 30], [2, 5]", "[5,4]")]
    [InlineData("oc.cdivi", "5, 2", "3")]
    [InlineData("oc.cdivi", "-5, 2", "-2")]
    [InlineData("oc.cdivi", "10, 0", "0")]
    [InlineData("oc.cdivi", "invalid, 3", "0")]
    [InlineData("oc.cdivi", "100000000000, 256", "390625000")]
    [InlineData("oc.sqrt", "16", "4.0")]
    [InlineData("oc.mul_round_int", "10, 1.25, 8", "16")]
    [InlineData("oc.mul_round_int", "10, 1.5, 8", "16")]
    [InlineData("oc.mul_round_int", "1, 4, 8", "0")]
    [InlineData("oc.int", "'3.7'", "1")]
    [InlineData("oc.int", "abc", "1")]
    [InlineData("oc.int", "''", "0")]
    [InlineData("oc.int", "3.7", "3")]
    [InlineData("oc.int", "true", "1")]
    [InlineData("oc.int", "null", "0")]
    [InlineData("oc.int", "'123'", "123")]
    [InlineData("oc.eq", "1, 1.0", "true")]
    [InlineData("oc.eq", "1, '1'", "false")]
    [InlineData("oc.neq", "a, b", "true")]
    [InlineData("oc.gt", "3, 2", "true")]
    [InlineData("oc.lt", "abc, abd", "true")]
    [InlineData("oc.geq", "2, 2", "true")]
    [InlineData("oc.leq", "3, 2", "false")]
    [InlineData("oc.if", "true, y1, n1", "\"y1\"")]
    [InlineData("oc.if", "'FALSE', 1, 2", "2")]
    [InlineData("oc.if", "'no', 1, 2", "1")]
    [InlineData("oc.if", "0, 1, 2", "2")]
    [InlineData("oc.if", "[], 1, [2, 3]", "[2,3]")]
    [InlineData("oc.eval", "1+1", "2")]
    [InlineData("oc.eval", "'not (2e-3 > 1e-3 and 512 > 256)'", "false")]
    [InlineData("oc.eval", "'\"7B\" in [\"7B\", \"13B\"]'", "true")]
    [InlineData("oc.eval", "12", "12")]
    [InlineData("oc.mapeval", "[1+1, 2*3]", "[2,6]")]
    [InlineData("oc.slice", "hello, 0, 3", "\"hel\"")]
    [InlineData("oc.slice", "[1, 2, 3, 4], -3, -1", "[2,3]")]
    [InlineData("oc.len", "[1, 2, 3]", "3")]
    [InlineData("oc.len", "abcd", "4")]
    [InlineData("oc.len", "{a: 1}", "1")]
    [InlineData("oc.concat", "foo, bar", "\"foobar\"")]
    [InlineData("oc.concat", "[1e-4], [b]", "[1e-4,\"b\"]")]
    [InlineData("oc.concat", "1, 2", "3")]
    [InlineData("oc.dict_merge", "{a: 1, b: 1}, null, text, {b: 2, c: 3}", "{\"a\":1,\"b\":2,\"c\":3}")]
    [InlineData("oc.dict_merge", "null, invalid", "{}")]
    [InlineData("oc.join", "'.', ['1', 2, 1e-5]", "\"1.2.1e-05\"")]
    [InlineData("oc.split", "1 2 3, ' '", "[\"1\",\"2\",\"3\"]")]
    [InlineData("oc.tmpl", "'x=%', foo", "\"x=foo\"")]
    [InlineData("oc.maptmpl", "'val=%', [x, 1.0]", "[\"val=x\",\"val=1.0\"]")]
    [InlineData("oc.mapkeytmpl", "k, 'val=%', [x, y]", "[{\"k\":\"val=x\"},{\"k\":\"val=y\"}]")]
    [InlineData("oc.mapkeyvaltmpl", "'%k=%v', {a: 1, b: true}", "[\"a=1\",\"b=True\"]")]
    [InlineData("oc.mapvaltmpl", "'v=%v', {x: 1, y: 2}", "{\"x\":\"v=1\",\"y\":\"v=2\"}")]
    [InlineData("oc.mapextractkey", "n, [{n: a}, {n: 1e-4}]", "[\"a\",1e-4]")]
    [InlineData("oc.mapcondtmpl", "'^b.*', 'B=%', 'other=%', [foo, bar, baz]", "[\"other=foo\",\"B=bar\",\"B=baz\"]")]
    [InlineData("oc.mapcondtmpl", "'a', y%, n%, [ab, ba]", "[\"yab\",\"nba\"]")]
    [InlineData("oc.timestring", "", "\"20261122_010405_078\"")]
    [InlineData("oc.slurmtime", "3661", "\"0-1:1:1\"")]
    [InlineData("oc.slurmtime", "90000", "\"1-1:0:0\"")]
    [InlineData("oc.exclude_nodes", "nodes.txt", "\"node0417,node0001,node0002,node0003\"")]
    [InlineData("oc.exclude_nodes", "~/nodes, ' '", "\"n1\"")]
    [InlineData("oc.exclude_nodes", "empty.txt", "null")]
    [InlineData("oc.exclude_nodes", "absent.txt", "null")]
    [InlineData("oc.pad_iter", "5000", "\"iter_0005000\"")]
    [InlineData("oc.pad_iter", "'12345678'", "\"iter_12345678\"")]
    [InlineData("oc.train_config", "/exp/run", "\"/exp/run/current.yaml\"")]
    [InlineData("oc.train_config", "old", "\"old/config-10.yaml\"")]
    [InlineData("oc.train_config", "/exp/run, config-42.yaml", "\"/exp/run/config-42.yaml\"")]
    [InlineData("oc.train_config_opt", "/exp/none", "\"\"")]
    [InlineData("oc.train_config_opt", "/exp/run, ''", "\"/exp/run/current.yaml\"")]
    [InlineData("oc.cliargs", "{lr: 1e-4, use_x: true, no: false, n: null, name: a b, l: [1, 2]}", "[\"--lr\",\"0.0001\",\"--use-x\",\"--name\",\"a b\",\"--l\",\"[1, 2]\"]")]
    [InlineData("oc.argsmegatron", "{num_layers: 12, bf16: true, fp16: false, d: [a, 1], e: []}", "[\"--num-layers\",\"12\",\"--bf16\",\"--d\",\"a\",\"1\"]")]
    [InlineData("now", "'%Y-%m-%d_%H-%M-%S'", "\"2026-11-22_03-04-05\"")]
    [InlineData("now", "'%a %A %b %B %j %U %W %V %G %y %I%p %-d %_m %e %z %%'", "\"Sun Sunday Nov November 326 47 46 47 2026 26 03AM 22 11 22 +0200 %\"")]
    public void A_function_gives_what_it_gives_elsewhere(string name, string arguments, string json)
    {
        var result = Ask(name, arguments);

        var value = Assert.IsType<FunctionResult.Given>(result).Value;
        Assert.Equal(json, Compact(value));
    }

    [Theory]
    [InlineData("oc.sub", "1", "2 arguments")]
    [InlineData("oc.timestring", "1", "no arguments")]
    [InlineData("oc.sqrt", "abc", "'abc'")]
    [InlineData("oc.sqrt", "-1", "negative")]
    [InlineData("oc.mul_round_int", "1, 2, 0", "zero")]
    [InlineData("oc.muli", ".inf", "infinite")]
    [InlineData("oc.gt", "a, 1", "no order")]
    [InlineData("oc.eval", "'1 +'", "column 4")]
    [InlineData("oc.eval", "lr * 2", "no 'lr'")]
    [InlineData("oc.eval", "'__import__(\"os\").system(\"x\")'", "no function")]
    [InlineData("oc.len", "3", "'3'")]
    [InlineData("oc.slice", "abc, x, 1", "whole numbers")]
    [InlineData("oc.concat", "foo, 1", "does not take")]
    [InlineData("oc.join", "'-', abc", "takes a list")]
    [InlineData("oc.split", "abc, ''", "separates nothing")]
    [InlineData("oc.split", "12, '-'", "takes a text")]
    [InlineData("oc.maptmpl", "'x%', abc", "takes a list")]
    [InlineData("oc.mapkeyvaltmpl", "'%k', [a]", "takes a mapping")]
    [InlineData("oc.mapextractkey", "name, [{nam: 1}]", "no key 'name'")]
    [InlineData("oc.mapcondtmpl", "'(', a, b, [c]", "cannot read the pattern")]
    [InlineData("oc.mapcondtmpl", "'(?=a)', a, b, [c]", "cannot read the pattern")]
    [InlineData("oc.slurmtime", "soon", "takes seconds")]
    [InlineData("oc.slurmtime", "-5", "negative")]
    [InlineData("oc.train_config", "/exp/none", "no training configuration")]
    [InlineData("oc.train_config_opt", "/exp/run, config-7.yaml", "config-7.yaml")]
    [InlineData("oc.pad_iter", "x", "whole number")]
    [InlineData("oc.cliargs", "[1]", "takes a mapping")]
    [InlineData("oc.argsmegatron", "{a: {b: 1}}", "'a' holds a mapping")]
    [InlineData("now", "'%Q'", "'%Q'")]
    [InlineData("now", "'%f'", "'%f'")]
    [InlineData("python_version", "", "without Python")]
    public void Arguments_that_do_not_fit_are_refused_with_a_remedy(string name, string arguments, string says)
    {
        var refused = Assert.IsType<FunctionResult.Refused>(Ask(name, arguments));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(refused.Hint));
    }

    [Fact]
    public void Every_function_of_the_table_is_found_by_its_name_and_no_other()
    {
        Assert.All(FunctionTable.Names, static name => Assert.NotNull(FunctionTable.Find(name)));
        Assert.True(FunctionTable.Names.Length >= 44);
        Assert.Null(FunctionTable.Find("oc.env"));
        Assert.Null(FunctionTable.Find("oc.mull"));
    }

    [Fact]
    public void What_a_function_makes_stands_where_it_was_called() => Assert.Equal(At, ((FunctionResult.Given)Ask("oc.maptmpl", "'%', [a]")).Value.At);

    [Fact]
    public void Whatever_it_is_given_a_function_answers()
    {
        var arguments = Gen.Elements("1", "-1", "0", "2.5", ".inf", ".nan", "abc", "''", "'%'", "null", "true", "[1, 2]", "[]", "{a: 1}", "{}", "[[1], {b: []}]", "'(?'", "'9**9**9**9'", "NUL", "'~/x'", "'%-'", "1e400", "'12'", "123456789012345678901234567890", "'😀'");
        Prop.ForAll(Gen.Elements(FunctionTable.Names.ToArray()).Zip(Gen.Choose(0, 4).SelectMany(n => Gen.ArrayOf(arguments, n))).ToArbitrary(), static pair =>
        {
            Assert.NotNull(Ask(pair.Item1, string.Join(", ", pair.Item2)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10000));
    }

    private static string Compact(ConfigNode node) => node switch
    {
        ConfigNode.Sequence list => $"[{string.Join(',', list.Items.Select(Compact))}]",
        ConfigNode.Mapping map => $"{{{string.Join(',', map.Entries.Select(static e => $"\"{e.Key}\":{Compact(e.Value)}"))}}}",
        ConfigNode.Scalar scalar => ScalarValue.Of(scalar) is ScalarValue.Text { Value: var text } ? $"\"{text}\"" : scalar.Text,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
