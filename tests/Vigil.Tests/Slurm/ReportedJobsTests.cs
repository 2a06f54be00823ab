using System.Text.Json;
using Vigil.Tests.Cli;

namespace Vigil.Tests.Slurm;

/// <summary>What the report says of jobs, by a real cluster's own accounts.</summary>
[Collection(Testbed.Tests)]
public sealed class ReportedJobsTests(Testbed testbed) : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public async Task A_job_that_used_one_of_two_CPUs_and_half_of_its_memory_is_reported_so()
    {
        await testbed.StartAsync();
        _vigil.Extra["SLURM_CONF"] = testbed.ConfigurationFile;
        _vigil.Write("e.yaml", """
            scheduler: slurm
            slurm: {sbatch: {time: "10:00", mem: 400M, cpus_per_task: 2}, array: false}
            backend:
              command: |
                exec python3 -c 'import time
                held = bytearray(200 << 20)
                for i in range(0, len(held), 4096): held[i] = 1
                while time.process_time() < 6: pass'
            """);
        Assert.Equal(0, _vigil.Run("run", "e.yaml").ExitCode);

        var job = JsonDocument.Parse(_vigil.Run("report", "outputs/e", "--json").Output).RootElement.GetProperty("jobs")[0].GetProperty("use");

        Assert.Equal(("COMPLETED", 600, 2), (job.GetProperty("state").GetString(), job.GetProperty("limit_seconds").GetInt32(), job.GetProperty("cpus").GetInt32()));
        Assert.InRange(job.GetProperty("cpu_seconds").GetDouble(), 6, 12);
        Assert.InRange(job.GetProperty("cpu_efficiency").GetDouble(), 0.02, 0.75);
        Assert.InRange(job.GetProperty("memory_efficiency").GetDouble(), 0.5, 0.9);
        Assert.Equal(400L << 20, job.GetProperty("memory_asked_bytes").GetInt64());
    }
}
