using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class SweepFilterTests
{
    /// <summary>The points that the filters of a sweep keep, and what was reported. Expressions are sums compared: <c>a + b &lt;= 3</c>.</summary>
    private static (string Points, string Codes) Filtered(string sweep, string tree = "{}")
    {
        var report = new DiagnosticBag();
        var file = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", tree), report)!;
        var points = Sweep.Expand(new SweepReader(static _ => false, report).Read(YamlReader.Read(new SourceFile("f", "/f", sweep), report)), report);
        PointLens Lens(SweepPoint point)
        {
            var composed = file;
            foreach (var setting in point.Defaults.AddRange(point.Settings)) composed = (ConfigNode.Mapping)Merging.Set(composed, setting.Path, setting.KeyAt, setting.Value)!;
            var resolver = new Resolver(composed, new TemplateCache(DollarRule.Escapes), new ResolverFunctions(Some.World), report);
            return new(resolver.ResolveAll(), text => resolver.Resolve(text, null));
        }
        var kept = new SweepFilters(Sum, Lens, report).Apply(points);
        return (string.Join("; ", kept.Points.Select(static p => string.Join(' ', p.Settings.Select(static s => $"{s.Key}={s.Coordinate.Text}")))), string.Join(',', report.All.Select(static d => d.Code)));
    }

    private static FunctionResult Sum(string text, SourceSpan at, Func<string, ConfigNode?> name)
    {
        var sides = text.Split("<=");
        double Side(string side) => side.Split('+', StringSplitOptions.TrimEntries).Sum(term =>
            double.TryParse(term, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
            : name(term) is ConfigNode.Scalar { Text: var known } ? double.Parse(known, System.Globalization.CultureInfo.InvariantCulture) : double.NaN);
        var total = sides.Select(Side).ToList();
        if (total.Any(double.IsNaN)) return new FunctionResult.Refused("a name is not known");
        var answer = sides.Length == 1 ? total[0].ToString(System.Globalization.CultureInfo.InvariantCulture) : total[0] <= total[1] ? "true" : "false";
        return new FunctionResult.Given(new ConfigNode.Scalar(at, answer, ScalarStyle.Plain));
    }

    [Theory]
    [InlineData("{params: {a: [1, 2, 3], b: [1, 2]}, filter: a + b <= 3}", "a=1 b=1; a=1 b=2; a=2 b=1")]
    [InlineData("{params: {a: [1, 2]}, filter: true}", "a=1; a=2")]
    [InlineData("{groups: [{params: {a: [1, 2]}, filter: a <= 1}, {params: {b: [1, 2]}}]}", "a=1 b=1; a=1 b=2")]
    [InlineData("{type: list, groups: [{params: {a: [1, 2]}, filter: a <= 1}, {params: {a: [7]}}]}", "a=1; a=7")]
    [InlineData("{configs: [{stage: s}, {stage: d, params: {f: [1, 2]}, filter: f <= 1}]}", "stage=s; stage=d f=1")]
    [InlineData("{base_values: {k: 1}, params: {a: [1, 2]}, filter: a + k <= 2}", "a=1")]
    [InlineData("{params: {opt.lr: [1, 2]}, filter: opt.lr <= 1}", "opt.lr=1")]
    [InlineData("{params: {opt.lr: [1, 2]}, filter: lr <= 1}", "opt.lr=1")]
    [InlineData("{groups: [{params: {opt.lr: [1, 2]}, filter: lr <= 1}, {params: {sched.lr: [5]}}]}", "opt.lr=1 sched.lr=5")]
    [InlineData("{params: {a: [1, 2]}, filter: a + model.size <= 4}", "a=1")]
    [InlineData("{params: {a: [1, 2]}, filter: a + twice <= 4}", "a=1")]
    [InlineData("{params: {a: [1, '${n}']}, filter: a <= 2}", "a=1")]
    [InlineData("{params: {a: [yes, no]}, filter: '${a}'}", "a=yes")]
    [InlineData("{params: {a: [yes, no]}, filter: '\\${a}'}", "a=yes")]
    [InlineData("{params: {a: [1, 2]}, filter: '${a} <= 1'}", "a=1")]
    public void A_filter_keeps_the_points_it_is_true_of(string sweep, string points) => Assert.Equal((points, ""), Filtered(sweep, "{model: {size: 3}, n: 9, twice: '${.model.size}'}"));

    [Theory]
    [InlineData("{params: {a: [1]}, filter: a}", "PLN040")]
    [InlineData("{params: {a: [1, 2, 3]}, filter: unknown <= 1}", "PLN040")]
    [InlineData("{params: {o.lr: [1, 2], s.lr: [1]}, filter: lr <= 1}", "PLN040")]
    [InlineData("{params: {a: [1, 2]}, filter: '${nothing}'}", "CFG021")]
    [InlineData("{params: {a: [5, 6]}, filter: a <= 1}", "PLN041")]
    [InlineData("{params: {a: [1]}, filter: {a: 1}}", "PLN040")]
    public void A_filter_without_an_answer_is_told_once(string sweep, string code) => Assert.Equal(code, Filtered(sweep).Codes);
}
