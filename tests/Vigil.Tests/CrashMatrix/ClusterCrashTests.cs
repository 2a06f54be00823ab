using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.Slurm;

namespace Vigil.Tests.CrashMatrix;

/// <summary>
/// The crash matrix over the true Slurm adapter: the monitor dies at every journal write (torn in the middle), before every flush and on either side of every
/// Slurm command, and its successor dies as well. Each attempt reaches the cluster exactly once, and no accepted job stays unknown.
/// </summary>
public sealed class ClusterCrashTests(ITestOutputHelper output)
{
    private static readonly string[] Attempts = ["a.1", "b.1", "b.2", "c.1", "d.1", "e.1"];

    [Fact]
    public async Task Each_attempt_reaches_the_cluster_exactly_once_wherever_the_monitor_and_its_successor_die()
    {
        var (lives, crashes) = (0, 0);
        var random = new Random(1);
        var died = true;
        for (var first = 0; died; first++)
        {
            // Its successor dies at once, soon, and at some later moment.
            foreach (var second in (int[])[0, random.Next(1, 8), random.Next(8, 60)])
            {
                using var life = Life();
                died = await DiesAsync(life, first);
                var again = died && await DiesAsync(life, second);
                await life.LiveAsync();
                AssertRight(life, $"{first}/{second}");
                lives++;
                crashes += (died ? 1 : 0) + (again ? 1 : 0);
            }
        }
        Assert.True(crashes > lives, $"{lives} lives met only {crashes} crashes");
        output.WriteLine($"{lives} lives, {crashes} crashes: each attempt reached the cluster once");
    }

    /// <summary>A single run, one whose node fails, two that are packed, and one that comes after the first.</summary>
    private static ClusterLife Life()
    {
        var life = new ClusterLife();
        life.Cluster.Ends(new("b") { Seconds = 20 });
        life.Cluster.Ends(new("*") { Seconds = 20 });
        var failed = false;
        life.Jobs.Prints = job =>
        {
            if (job.Name == "b" && !failed) (failed, job.EndsAt, job.EndsAs) = (true, life.Cluster.Now.AddSeconds(10), new("b", "NODE_FAIL"));
            return "hello\n";
        };
        return life.Plan(
            life.Run("a"), life.Run("b"),
            life.Run("c") with { Slurm = new() { PackKey = "k" } }, life.Run("d") with { Slurm = new() { PackKey = "k" } },
            life.Run("e") with { DependsOn = [new("a")] });
    }

    /// <summary>One life that ends at its n-th dangerous moment, if it has that many.</summary>
    private static async Task<bool> DiesAsync(ClusterLife life, int moment)
    {
        var step = 0;
        bool IsNow() => step++ == moment;
        void Danger()
        {
            if (IsNow()) throw new SimulatedCrash();
        }
        var monitor = await life.MonitorAsync(prepare: journal =>
        {
            journal.BeforeFlush = Danger;
            journal.BeforeWrite = (file, at, lines) =>
            {
                if (!IsNow()) return;
                RandomAccess.Write(file, lines.Span[..(lines.Length / 2)], at);
                throw new SimulatedCrash();
            };
        });
        life.Cluster.Called = life.Cluster.Done = _ => Danger();
        var lived = await monitor.UntilAsync(static s => s.AllFinished && s.Outbox.IsEmpty);
        life.Cluster.Called = life.Cluster.Done = null;
        monitor.Dispose();
        return !lived;
    }

    private static void AssertRight(ClusterLife life, string where)
    {
        var state = life.State;
        Assert.True(state.Runs.Values.All(static r => r.State is RunState.Finished { Outcome: Outcome.Completed }), $"{where}: {string.Join("; ", state.Runs.Values.Select(static r => $"{r.Id} {r.State}"))}");
        Assert.Equal(Attempts, state.Runs.Values.SelectMany(static r => r.Attempts).Select(static a => a.Id.ToString()).Order(StringComparer.Ordinal));
        // One job an attempt: two tasks of an array, and four single ones.
        Assert.True(life.OurJobs.Count() == 6 && life.Sbatches == 5, $"{where}: {life.Sbatches} sbatch, {life.OurJobs.Count()} jobs");
        life.AssertOnce();
        life.AssertBudget();
    }
}
