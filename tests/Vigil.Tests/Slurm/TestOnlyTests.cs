namespace Vigil.Tests.Slurm;

/// <summary>A real sbatch reads every script that was agreed on, and would take it.</summary>
[Collection(Testbed.Tests)]
public sealed class TestOnlyTests(Testbed testbed)
{
    [Fact]
    public async Task A_real_sbatch_would_take_every_script()
    {
        await testbed.StartAsync();
        var read = 0;
        foreach (var file in GoldenScripts.Files)
        {
            var outcome = await testbed.AskAsync("sbatch", "--test-only", file);
            Assert.True(outcome.ExitCode == 0 && outcome.Errors.Contains("to start at", StringComparison.Ordinal), $"{file}: {outcome}");
            read++;
        }
        Assert.True(read >= 20, $"{read} scripts");
    }

    [Fact]
    public async Task A_real_sbatch_reads_our_quoting_as_it_was_meant()
    {
        await testbed.StartAsync();
        var folder = Directory.CreateTempSubdirectory("vigil-").FullName;
        const string Name = "it's \"q\" \\ #x $(id) `a` é";
        var script = Path.Combine(folder, "script.sbatch");
        await File.WriteAllTextAsync(script, $"#!/bin/bash\n#SBATCH --job-name={Vigil.Rendering.SbatchLines.Quote(Name)} --comment={Vigil.Rendering.SbatchLines.Quote(Name)}   # ours\n#SBATCH --hold\ntrue\n", TestContext.Current.CancellationToken);
        var job = (await testbed.AskAsync("sbatch", "--parsable", script)).Output.Trim();
        var shown = await testbed.AskAsync("squeue", "-h", "-j", job, "-o", "%j|%k");
        await testbed.AskAsync("scancel", job);
        Directory.Delete(folder, recursive: true);
        Assert.Equal($"{Name}|{Name}", shown.Output.TrimEnd('\n'));
    }
}
