using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

/// <summary>What holds for every sweep, tried on random nested ones.</summary>
public sealed class SweepLaws
{
    /// <summary>A sweep as text, and how many points it must have.</summary>
    private sealed record Drawn(string Text, int Size)
    {
        public override string ToString() => $"{Size}: {Text}";
    }

    private static readonly Gen<Drawn> Sweeps = Gen.Choose(0, int.MaxValue).Select(static seed => new Writer(seed).Write(3)).Where(static d => d.Size <= 20_000);

    /// <summary>Writes groups in which every key is a new one, so that all points differ.</summary>
    private sealed class Writer(int seed)
    {
        private readonly SampleStream _draws = new("laws", seed);
        private int _keys;

        private int Draw(int bound) => (int)_draws.Below((ulong)bound);

        public Drawn Write(int depth) => (depth == 0 ? Draw(3) : 3 + Draw(3)) switch
        {
            0 => Params("product", 1 + Draw(2)),
            1 => Zip(),
            2 => Configs(),
            3 => Groups("product", depth),
            4 => Groups("list", depth),
            _ => Write(0),
        };

        private string Key() => $"k{_keys++}";

        private static string List(int size) => $"[{string.Join(", ", Enumerable.Range(0, size))}]";

        private Drawn Params(string type, int count)
        {
            var sizes = Enumerable.Range(0, count).Select(_ => 1 + Draw(3)).ToList();
            return new($"{{type: {type}, defaults: {{d: {Draw(9)}}}, params: {{{string.Join(", ", sizes.Select(s => $"{Key()}: {List(s)}"))}}}}}", sizes.Aggregate(1, static (a, b) => a * b));
        }

        private Drawn Zip()
        {
            var size = 1 + Draw(3);
            return new($"{{type: zip, params: {{{Key()}: {List(size)}, {Key()}: {List(size)}, {Key()}: 5}}}}", size);
        }

        private Drawn Configs()
        {
            var (key, size) = (Key(), 1 + Draw(3));
            return new($"{{configs: [{string.Join(", ", Enumerable.Range(0, size).Select(i => $"{{{key}: {i}}}"))}]}}", size);
        }

        private Drawn Groups(string type, int depth)
        {
            var parts = Enumerable.Range(0, 1 + Draw(3)).Select(_ => Write(depth - 1)).ToList();
            var text = new StringBuilder().AppendJoin(", ", parts.Select(static p => p.Text));
            return new($"{{type: {type}, groups: [{text}]}}", type == "list" ? parts.Sum(static p => p.Size) : parts.Aggregate(1, static (a, p) => a * p.Size));
        }
    }

    private static (SweepNode Node, SweepPoints Points) Expand(string text)
    {
        var report = new DiagnosticBag();
        var node = new SweepReader(static _ => false, report).Read(YamlReader.Read(new SourceFile("f", "/f", text), report));
        var points = Sweep.Expand(node, report);
        Assert.Empty(report.All);
        return (node!, points);
    }

    private static string Show(SweepPoint point) => string.Join(' ', point.Settings.Select(static s => $"{s.Key}={s.Coordinate.Text}"));

    [Fact]
    public void The_size_is_known_before_and_is_the_product_and_sum_of_the_parts() => Prop.ForAll(Sweeps.ToArbitrary(), static drawn =>
    {
        var (node, sweep) = Expand(drawn.Text);
        Assert.Equal(drawn.Size, Sweep.Count(node));
        Assert.Equal(drawn.Size, sweep.Points.Length);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Points_differ_and_come_in_the_same_order_every_time() => Prop.ForAll(Sweeps.ToArbitrary(), static drawn =>
    {
        var points = Expand(drawn.Text).Points.Points.Select(Show).ToList();
        Assert.Equal(points.Count, points.Distinct().Count());
        Assert.Equal(points, Expand(drawn.Text).Points.Points.Select(Show));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Runs_have_names_of_their_own_that_say_no_key_twice() => Prop.ForAll(Sweeps.Where(static d => d.Size <= 200).ToArbitrary(), static drawn =>
    {
        var plan = Some.Good("backend: {command: x}\nsweep: " + drawn.Text);
        Assert.Equal(drawn.Size, plan.Runs.Select(static r => r.Id).Distinct().Count());
        Assert.All(plan.Runs, static r => Assert.Equal(r.Overrides.Length, r.Overrides.Select(static o => o.Key).Distinct().Count()));
    }).QuickCheckThrowOnFailure();
}
