using System.Text;
using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

/// <summary>A tree that differs from a settled one in a few keys resolves to the same with what is settled as without.</summary>
public sealed class SettledTreeLaws
{
    private static readonly string[] Keys = ["a", "b", "c", "d"];

    [Fact]
    public void What_is_settled_changes_no_result_and_no_mistake()
    {
        var reused = 0;
        for (var seed = 0; seed < 4000; seed++) reused += Check(seed);
        Assert.True(reused > 2000, $"only {reused} nodes were reused: the law says nothing then");
    }

    private static int Check(int seed)
    {
        var random = new Random(seed);
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", Tree(random)), new())!;
        var templates = new TemplateCache(DollarRule.Escapes);
        var functions = new ResolverFunctions(new ConfigWorld(static _ => null, default));
        var settled = new SettledTree(tree, templates, functions);
        string[] changed = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Path(random))];
        var point = changed.Aggregate(tree, (t, key) => Merging.Set(t, key.Split('.'), default, Value(random)) as ConfigNode.Mapping ?? t);
        var known = settled.Without(changed);
        var (with, without) = (new DiagnosticBag(), new DiagnosticBag());
        var fast = new Resolver(point, templates, functions, with, settled: known).ResolveAll();
        var slow = new Resolver(point, new TemplateCache(DollarRule.Escapes), functions, without).ResolveAll();
        Assert.True(new YamlEmitter().Emit(slow) == new YamlEmitter().Emit(fast), $"seed {seed}, changed {string.Join(' ', changed)}:\n{new YamlEmitter().Emit(point)}\nwithout:\n{new YamlEmitter().Emit(slow)}\nwith:\n{new YamlEmitter().Emit(fast)}");
        Assert.Equal(without.All.Select(static d => d.ToString()).Order(StringComparer.Ordinal), with.All.Select(static d => d.ToString()).Order(StringComparer.Ordinal));
        return known.Count;
    }

    private static ConfigNode Value(Random random) => YamlReader.Read(new SourceFile("p", "/p", random.Next(5) switch
    {
        0 => "{a: 5, b: x}",
        1 => "[1, 2]",
        2 => $"\"{Text(random)}\"",
        _ => random.Next(9).ToString(System.Globalization.CultureInfo.InvariantCulture),
    }), new())!;

    private static string Tree(Random random)
    {
        var text = new StringBuilder();
        foreach (var top in Keys)
        {
            if (random.Next(3) == 0) { text.Append(top).Append(": ").Append(Leaf(random)).Append('\n'); continue; }
            text.Append(top).Append(":\n");
            foreach (var inner in Keys.Take(random.Next(1, 5)))
                if (random.Next(6) == 0) text.Append("  ").Append(inner).Append(": {a: ").Append(Leaf(random)).Append(", b: ").Append(Leaf(random)).Append("}\n");
                else text.Append("  ").Append(inner).Append(": ").Append(random.Next(8) == 0 ? $"[{Leaf(random)}, {Leaf(random)}]" : Leaf(random)).Append('\n');
        }
        return text.ToString();
    }

    private static string Leaf(Random random) => random.Next(6) switch
    {
        0 => "1",
        1 => "???",
        2 => "word",
        _ => $"\"{Text(random)}\"",
    };

    private static string Text(Random random) => random.Next(8) switch
    {
        0 => $"x_${{{Path(random)}}}_${{{Path(random)}}}",
        1 => $"${{.{Keys[random.Next(4)]}}}",
        2 => $"${{..{Keys[random.Next(4)]}}}",
        3 => $"${{oc.select:{Path(random)},7}}",
        4 => $"${{oc.dict.keys:{Keys[random.Next(4)]}}}",
        5 => $"${{{Keys[random.Next(4)]}.${{{Path(random)}}}}}",
        _ => $"${{{Path(random)}}}",
    };

    private static string Path(Random random) => string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Keys[random.Next(4)]));
}
