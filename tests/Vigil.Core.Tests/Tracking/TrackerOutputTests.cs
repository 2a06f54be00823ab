using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Evaluations;
using Vigil.Planning;
using Vigil.Tracking;

namespace Vigil.Core.Tests.Tracking;

/// <summary>Where the outputs of completed jobs are looked for.</summary>
public sealed class TrackerOutputTests
{
    [Theory]
    [InlineData("output_dir_base: /scratch/u/\nmy_wandb_run_name: bright-horizon\n", "/scratch/u/ck-out-bright-horizon /scratch/u/cap/ck-out-bright-horizon /scratch/u/ck-out-rank4 /scratch/u/cap/ck-out-rank4 /d/rank4 /d/rank4/artifacts")]
    [InlineData("output_dir_base: /scratch/u\nexperiment_name: exp\nmy_wandb_run_name: rank4\n", "/scratch/u/exp/ck-out-rank4 /scratch/u/ck-out-rank4 /scratch/u/cap/ck-out-rank4 /d/rank4 /d/rank4/artifacts")]
    [InlineData("output_dir_base: out\n", "/d/rank4/out/ck-out-rank4 /d/rank4/out/cap/ck-out-rank4 /d/rank4 /d/rank4/artifacts")]
    [InlineData("lr: 1e-5\n", "/d/rank4 /d/rank4/artifacts")]
    [InlineData("not: [yaml", "/d/rank4 /d/rank4/artifacts")]
    public void A5_the_run_s_own_configuration_says_where_its_epochs_lie(string setup, string folders) =>
        Assert.Equal(folders, string.Join(' ', FineTuneSetup.Read(new("s", "/s", setup), new DiagnosticBag()).Folders("/d/rank4", "rank4", "cap")));

    private static readonly PlannedEvaluation Zero = new("cap_8L", new RunId("rank4"), 0), One = new("cap_8L", new RunId("rank4"), 1), Other = new("reasoning", new RunId("rank4"), 1);

    private static EvaluationLog Log(string path, string task, string? epoch, EvalStatus? status = null) =>
        new($"/d/rank4/{path}", new EvalReading.Read(new EvalLog { Task = task, Status = status ?? new EvalStatus.Success(), Origin = new(epoch, null, null) }));

    private static OutputFound Choose(PlannedEvaluation wanted, params EvaluationLog[] logs) => EvaluationChoice.Of([wanted], [Zero, One, Other], "/d/rank4", [.. logs]);

    [Fact]
    public void The_newest_log_of_the_task_and_the_epoch_is_an_evaluation_s_output()
    {
        EvaluationLog[] logs = [Log("a.eval", "cap-8L", "0"), Log("b.eval", "cap_8L", "1"), Log("c.eval", "cap_8L", "1"), Log("d.eval", "reasoning", "1")];

        Assert.Equal("/d/rank4/a.eval", Choose(Zero, logs).Path);
        Assert.Equal("/d/rank4/c.eval", Choose(One, logs).Path);
        Assert.Equal("/d/rank4/d.eval", Choose(Other, logs).Path);
    }

    [Fact]
    public void A_folder_named_after_an_evaluation_says_more_than_the_log()
    {
        EvaluationLog[] logs = [Log("eval/cap_8L_epoch0/logs/a.eval", "task", null), Log("evaluations/cap_8L_epoch_1/a.eval", "task", null)];

        Assert.Equal("/d/rank4/eval/cap_8L_epoch0/logs/a.eval", Choose(Zero, logs).Path);
        Assert.Equal("/d/rank4/evaluations/cap_8L_epoch_1/a.eval", Choose(One, logs).Path);
        Assert.Null(Choose(Other, logs).Path);
    }

    [Fact]
    public void A_log_that_does_not_say_success_is_no_output_and_is_told()
    {
        var found = Choose(One, Log("a.eval", "cap_8L", "1"), Log("b.eval", "cap_8L", "1", new EvalStatus.Failed("CUDA out of memory")));

        Assert.Null(found.Path);
        Assert.Contains("its log says otherwise: error: CUDA out of memory (/d/rank4/b.eval)", found.Problem, StringComparison.Ordinal);
        Assert.Contains("no log of cap_8L/epoch0", Choose(Zero).Problem, StringComparison.Ordinal);
        ImmutableArray<EvaluationLog> broken = [new("/d/rank4/cap-8L.eval", new EvalReading.Refused(new EvalTrouble.Cut("is cut: its header ends too early")))];
        Assert.Contains("is cut", EvaluationChoice.Of([One], [One], "/d/rank4", broken).Problem, StringComparison.Ordinal);
    }
}
