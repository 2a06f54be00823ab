using System.Globalization;
using Vigil.Core.Tests.Rendering;
using Vigil.Planning;

namespace Vigil.Tests.Scripts;

/// <summary>A script looks at the runs before its own, as a node finds them.</summary>
public sealed class NeededRunTests : IDisposable
{
    private const string Completed = """{"code":0,"signal":null,"host":"n1","time":"t"}""";
    private const string Failed = """{"code":3,"signal":null,"host":"n1","time":"t"}""";
    private const string Killed = """{"code":null,"signal":15,"host":"n1","time":"t"}""";

    private static string Superseded(int code) => $$"""{"code":{{code}},"signal":null,"job_id":"9","after":1,"time":"t"}""";

    private readonly ScriptPlace _place = new();
    public void Dispose() => _place.Dispose();

    private string Parent(string name = "it's [a]*") => $"{_place.Dir}/{name}/attempts/1";

    /// <param name="starts">A start of the parent: its requeue, and what its exit.json holds; null: it left none.</param>
    private void Left(params (int Requeue, string? Exit)[] starts) => Left("it's [a]*", starts);

    private void Left(string name, params (int Requeue, string? Exit)[] starts)
    {
        _place.Needs = [.. _place.Needs ?? [], new NeededAttempt(new(new(name), 1, 2), Parent(name))];
        foreach (var (requeue, exit) in starts)
        {
            var folder = Directory.CreateDirectory(requeue == 0 ? Parent(name) : $"{Parent(name)}.r{requeue}").FullName;
            File.WriteAllText($"{folder}/claim", "{}");
            if (exit is not null) File.WriteAllText($"{folder}/exit.json", exit + "\n");
        }
    }

    /// <summary>Without the patience for a network file system.</summary>
    private JobRun Start() => _place.Start(_place.Run("echo ran"), change: static text => text.Replace("SECONDS + 60", "SECONDS", StringComparison.Ordinal));

    private void ThenItRan()
    {
        var job = Start();
        Assert.Equal((0, "ran\n"), (job.End(), job.Log));
        Assert.True(_place.Has("started.json") && !_place.Has("unmet.json"));
    }

    private void ThenItDidNotRun(string why)
    {
        var job = Start();
        Assert.Equal(69, job.End());
        Assert.Equal($"vigil: it's [a]*.1 did not complete, so nothing is run here: {why}\n", job.Log);
        Assert.Equal((true, false, false), (_place.Has("claim"), _place.Has("started.json"), _place.Has("exit.json")));
        Assert.Equal(("17", "it's [a]*.1"), (_place.Json("unmet.json").GetProperty("job_id").GetString(), _place.Json("unmet.json").GetProperty("needs").GetString()));
    }

    [Fact]
    public void A_command_runs_when_every_run_before_it_completed()
    {
        Left((0, Completed));
        Left("other", (0, Completed));
        ThenItRan();
    }

    [Fact]
    public void A_command_does_not_run_when_the_run_before_it_failed()
    {
        Left("other", (0, Completed));
        Left((0, Failed));
        ThenItDidNotRun(Failed);
    }

    [Theory]
    [InlineData(Killed)]
    [InlineData("")]
    public void A_run_before_it_that_was_killed_or_only_began_did_not_complete(string exit)
    {
        Left((0, exit.Length == 0 ? null : exit));
        ThenItDidNotRun(exit.Length == 0 ? "it left no exit.json" : exit);
    }

    [Fact]
    public void A_run_before_it_that_never_began_did_not_complete()
    {
        Left();
        ThenItDidNotRun("it left no exit.json");
    }

    [Fact]
    public void Of_a_run_that_Slurm_queued_again_the_newest_start_counts()
    {
        Left((0, Killed), (2, Killed), (10, Completed));
        ThenItRan();
    }

    [Fact]
    public void A_start_after_one_that_completed_counts_more_than_that_one()
    {
        Left((0, Completed), (9, Completed), (10, Failed));
        ThenItDidNotRun(Failed);
    }

    [Fact]
    public void A_link_that_had_nothing_to_do_completed()
    {
        Left((0, null));
        File.WriteAllText($"{Parent()}/superseded.json", Superseded(0) + "\n");
        ThenItRan();
    }

    [Fact]
    public void A_link_that_had_nothing_to_do_since_its_run_had_failed_did_not_complete()
    {
        Left((0, null));
        Directory.CreateDirectory(Parent());
        File.Delete($"{Parent()}/claim");
        File.WriteAllText($"{Parent()}/superseded.json", Superseded(3) + "\n");
        ThenItDidNotRun(Superseded(3));
    }

    [Fact]
    public void An_exit_that_a_network_file_system_shows_late_is_waited_for()
    {
        Left((0, null));
        var job = _place.Start(_place.Run("echo ran"));
        ScriptPlace.Until(() => _place.Has("claim"), "the claim");
        Assert.False(job.Process.WaitForExit(TimeSpan.FromSeconds(1)));
        File.WriteAllText($"{Parent()}/exit.json", Completed + "\n");
        Assert.Equal((0, "ran\n"), (job.End(), job.Log));
    }

    [Fact]
    public void A_job_that_is_cancelled_while_it_waits_for_an_exit_runs_nothing_and_says_so()
    {
        Left((0, null));
        var job = _place.Start(_place.Run("echo ran"));
        ScriptPlace.Until(() => _place.Has("claim"), "the claim");
        // To every process of the job, as scancel does.
        Assert.Equal(0, Workplace.Program("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM -- -{job.Process.Id}")]).Code);
        Assert.Equal(143, job.End());
        Assert.Equal((false, true), (job.Log.Contains("ran", StringComparison.Ordinal), _place.Has("exit.json")));
        Assert.Equal(15, _place.Json("exit.json").GetProperty("signal").GetInt32());
    }

    [Fact]
    public void A_job_that_Slurm_queued_again_looks_again()
    {
        Left((0, Failed));
        ThenItDidNotRun(Failed);
        File.WriteAllText($"{Parent()}/exit.json", Completed + "\n");
        var again = _place.Start($"{_place.Folder()}/script.sbatch", restart: 1);
        Assert.Equal(0, again.End());
        Assert.True(_place.Has("started.json", "1.r1"));
    }
}
