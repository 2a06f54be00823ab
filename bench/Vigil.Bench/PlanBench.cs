using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Bench;

/// <summary>Planning in one process, warm: how many runs a second, and whether time grows with the runs alone.</summary>
internal static class PlanBench
{
    public static void Run()
    {
        Plan(1_000);
        var (one, five, ten) = (Median(1_000), Median(5_000), Median(10_000));
        Row.Print("planning, warm (110 keys, 30 interpolations)", string.Create(CultureInfo.InvariantCulture, $"{10_000 / ten.TotalSeconds:0} runs/s"), "Hydra 1.3 (measured elsewhere) 17 runs/s",
            string.Create(CultureInfo.InvariantCulture, $"{10_000 / ten.TotalSeconds / 17:0} x"), ">= 20,000 runs/s");
        Tree();
        Row.Print("is planning linear? (t10k - t5k) / (t5k - t1k)", Row.Text(ten - five), Row.Text(five - one), string.Create(CultureInfo.InvariantCulture, $"{(ten - five) / (five - one):0.00}"), "<= 1.5");
    }

    /// <summary>Reads, composes and resolves one large tree.</summary>
    public static void Tree()
    {
        var text = new StringBuilder("a: 1\n");
        for (var section = 0; section < 100; section++)
        {
            text.Append(CultureInfo.InvariantCulture, $"s{section}:\n");
            for (var key = 0; key < 20; key++)
            {
                if (key % 5 == 0) text.Append(CultureInfo.InvariantCulture, $"  k{key}: \"x_${{a}}_${{.k{key + 1}}}\"\n");
                else text.Append(CultureInfo.InvariantCulture, $"  k{key}: {key}\n");
            }
        }
        var request = new PlanRequest(new SourceFile("large.yaml", "/bench/large.yaml", text.ToString()), [], "/bench", new ConfigWorld(static _ => null, DateTimeOffset.UnixEpoch));
        void Resolve()
        {
            if (BareConfig.Of(request, Interpolations.Resolved) is { Tree: null }) throw new UnreachableException();
        }
        var began = Stopwatch.GetTimestamp();
        Resolve();
        var first = Stopwatch.GetElapsedTime(began);
        Row.Print("2,000 keys read, composed and resolved, warm", Row.Text(Row.Median(21, Resolve)), $"the first time {Row.Text(first)}", "", "<= 20 ms");
    }

    private static TimeSpan Median(int runs) => Row.Median(7, () => Plan(runs));

    private static void Plan(int runs)
    {
        var plan = Planner.Plan(new PlanRequest(new SourceFile("e.yaml", "/bench/e.yaml", Experiment(runs)), [], "/bench", new ConfigWorld(static _ => null, DateTimeOffset.UnixEpoch)));
        if (plan.Runs.Length != runs) throw new UnreachableException(string.Join('\n', plan.Diagnostics));
    }

    /// <summary>Two axes over 80 arguments, of which 30 more are made by interpolation.</summary>
    private static string Experiment(int runs)
    {
        var text = new StringBuilder("""
            project: {name: "p_${backend.args.k0}_${backend.args.k1}", base_output_dir: out}
            scheduler: local
            backend:
              command: "true ${backend.args.k0}"
              args:

            """);
        for (var i = 0; i < 80; i++) text.Append(CultureInfo.InvariantCulture, $"    k{i}: {i}\n");
        for (var i = 0; i < 30; i++) text.Append(CultureInfo.InvariantCulture, $"    r{i}: \"v_${{.k{i}}}_${{backend.args.k{(i + 7) % 80}}}\"\n");
        return text.Append(CultureInfo.InvariantCulture, $$"""
            sweep:
              type: product
              groups:
                - params: {backend.args.k0: [{{string.Join(',', Enumerable.Range(0, runs / 100))}}]}
                - params: {backend.args.k1: [{{string.Join(',', Enumerable.Range(0, 100))}}]}

            """).ToString();
    }
}
