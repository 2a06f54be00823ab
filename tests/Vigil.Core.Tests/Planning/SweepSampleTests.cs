using System.Globalization;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class SweepSampleTests
{
    private static string[] Draw(string spec, string key = "lr")
    {
        var report = new DiagnosticBag();
        var sweep = YamlReader.Read(new SourceFile("f", "/f", $"{{params: {{{key}: {spec}}}}}"), report);
        var points = Sweep.Expand(new SweepReader(static _ => false, report).Read(sweep), report).Points;
        Assert.Empty(report.All);
        return [.. points.Select(static p => p.Settings[0].Coordinate.Text)];
    }

    private static double[] Numbers(string spec) => [.. Draw(spec).Select(static t => double.Parse(t, CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData("{sample: loguniform, low: 1e-5, high: 1e-2, n: 4, seed: 1}")]
    [InlineData("{sample: uniform, low: 0, high: 1, n: 4}")]
    [InlineData("{sample: normal, mean: 0, std: 1, n: 4, seed: 3}")]
    [InlineData("{sample: int, low: 1, high: 100, n: 4, seed: 7}")]
    [InlineData("{sample: choice, values: [a, b, c, d, e], n: 3, seed: 2}")]
    public void The_same_text_draws_the_same_values_and_another_key_or_seed_draws_others(string spec)
    {
        Assert.Equal(Draw(spec), Draw(spec));
        Assert.NotEqual(Draw(spec), Draw(spec, "wd"));
        Assert.NotEqual(Draw(spec), Draw(spec.Contains("seed", StringComparison.Ordinal) ? spec.Replace("seed: ", "seed: 10", StringComparison.Ordinal) : spec.Replace("}", ", seed: 1}", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_values_are_fixed_for_ever()
    {
        // Other machines and later versions must draw these: experiments are continued by their runs' names.
        Assert.Equal("0.003268 0.003983 0.0002467 0.0007493", string.Join(' ', Draw("{sample: loguniform, low: 1e-5, high: 1e-2, n: 4, seed: 1}")));
        Assert.Equal("649 835 413 808", string.Join(' ', Draw("{sample: int, low: 1, high: 1000, n: 4}")));
        Assert.Equal("1.148 1.306 1.275", string.Join(' ', Draw("{sample: normal, mean: 1, std: 0.5, n: 3, seed: 5}")));
    }

    [Fact]
    public void Values_lie_in_their_range_and_are_spread_over_it()
    {
        var uniform = Numbers("{sample: uniform, low: -2, high: 6, n: 1000, seed: 1, digits: 6}");
        Assert.All(uniform, static x => Assert.InRange(x, -2, 6));
        Assert.InRange(uniform.Average(), 1.7, 2.3);
        var log = Numbers("{sample: loguniform, low: 1e-6, high: 1, n: 1000, seed: 1, digits: 6}");
        Assert.All(log, static x => Assert.InRange(x, 1e-6, 1));
        Assert.InRange(log.Count(static x => x < 1e-3), 450, 550);
        var normal = Numbers("{sample: normal, mean: 3, std: 2, n: 1000, seed: 1, digits: 6}");
        Assert.InRange(normal.Average(), 2.8, 3.2);
        Assert.InRange(normal.Count(static x => x is > 1 and < 5), 640, 720);
        var whole = Numbers("{sample: logint, low: 1, high: 1024, n: 200, seed: 1}");
        Assert.All(whole, static x => Assert.InRange(x, 1, 1024));
    }

    [Fact]
    public void All_values_of_an_axis_differ()
    {
        Assert.Equal(["1", "2", "3", "4"], Draw("{sample: int, low: 1, high: 4, n: 4}").Order(StringComparer.Ordinal));
        Assert.Equal(["a", "b", "c"], Draw("{sample: choice, values: [a, b, c]}").Order(StringComparer.Ordinal));
        Assert.Equal(900, Draw("{sample: uniform, low: 0, high: 1, n: 900, digits: 3}").Distinct().Count());
    }

    [Fact]
    public void Values_are_numbers_of_four_digits_and_name_their_runs()
    {
        Assert.All(Draw("{sample: loguniform, low: 1e-5, high: 1e-2, n: 20}"), static t => Assert.Matches(@"^[0-9.]+(e-0[0-9])?$", t));
        Assert.All(Draw("{sample: uniform, low: 1, high: 2, n: 8, digits: 2}"), static t => Assert.Matches(@"^[12]\.[0-9]$", t));
        var plan = Some.Good("backend: {command: 'x ${lr}'}\nlr: 1\nsweep: {type: zip, params: {lr: {sample: loguniform, low: 1e-5, high: 1e-2, n: 3}, wd: {sample: uniform, low: 0, high: 1, n: 3}}}");
        Assert.All(plan.Runs, static r => Assert.Equal($"lr{r.Overrides[0].Value}_wd{r.Overrides[1].Value}", r.Id.Value));
        Assert.All(plan.Runs, static r => Assert.Equal(new CommandTemplate.Line($"x {r.Overrides[0].Value}"), r.Command));
    }

    [Fact]
    public void Random_numbers_below_a_bound_are_all_met()
    {
        var stream = new SampleStream("k", null);
        var met = Enumerable.Range(0, 6000).Select(_ => stream.Below(6)).CountBy(static x => x).OrderBy(static c => c.Key).ToList();
        Assert.Equal([0UL, 1, 2, 3, 4, 5], met.Select(static c => c.Key));
        Assert.All(met, static c => Assert.InRange(c.Value, 850, 1150));
    }

    [Theory]
    [InlineData("{sample: unifrm, low: 0, high: 1, n: 2}", "did you mean 'uniform'?")]
    [InlineData("{sample: uniform, low: 0, hgh: 1, n: 2}", "did you mean 'high'?")]
    [InlineData("{sample: uniform, low: 1, high: 1, n: 2}", null)]
    [InlineData("{sample: loguniform, low: 0, high: 1, n: 2}", null)]
    [InlineData("{sample: uniform, low: 0, high: x, n: 2}", null)]
    [InlineData("{sample: uniform, low: 0, high: 1}", null)]
    [InlineData("{sample: uniform, low: 0, high: 1, n: 0}", null)]
    [InlineData("{sample: uniform, low: 0, high: 1, n: 2, seed: x}", null)]
    [InlineData("{sample: uniform, low: 0, high: 1, n: 50, digits: 1}", "1 digits tell too few values apart: set 'digits' higher")]
    [InlineData("{sample: int, low: 0, high: 1, n: 3}", null)]
    [InlineData("{sample: int, low: 2, high: 1, n: 3}", null)]
    [InlineData("{sample: normal, mean: 0, std: 0, n: 3}", null)]
    [InlineData("{sample: choice, values: [a], n: 2}", null)]
    [InlineData("{sample: choice, n: 2}", null)]
    public void What_cannot_be_drawn_is_told(string spec, string? hint)
    {
        var plan = Some.Plan($"backend: {{command: x}}\nsweep: {{params: {{lr: {spec}}}}}");
        Assert.Equal("PLN034", plan.Diagnostics[0].Code);
        if (hint is not null) Assert.Contains(hint, plan.Diagnostics.Select(static d => d.Hint));
    }
}
