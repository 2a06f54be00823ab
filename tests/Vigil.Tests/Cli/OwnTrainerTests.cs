using Vigil.Monitoring;

namespace Vigil.Tests.Cli;

/// <summary>A trainer that nobody knew, made of two YAML files and a program: started, killed in the middle of a checkpoint, and gone on with.</summary>
public sealed class OwnTrainerTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public OwnTrainerTests()
    {
        Directory.CreateDirectory(_vigil["config/backend"]);
        Directory.CreateDirectory(_vigil["config/progress"]);
        _vigil.Write("train.sh", """
            set -eu
            source save.sh
            out=$1 at=0
            if [[ ${2-} == --resume ]]; then
                [[ -d $3 ]] && at=$(<"$3/net") || at=$(<"$3")
            fi
            while ((at < 6)); do
                ((at += 1))
                echo "<$at|6> misfit 0.$((90 / at))"
                ((at % 2 == 0)) || continue
                save "$out" $at
            done
            """);
        _vigil.Write("config/backend/odd.yaml", """
            type: odd
            command: [bash, train.sh, "{output_dir}", [--resume, "{last_checkpoint}"]]
            """);
        _vigil.Write("odd.yaml", """
            backend: odd
            job: {restart: {causes: [crash], delay_seconds: 0}}
            """);
    }

    public void Dispose() => _vigil.Dispose();

    private const string Lines = "lines: [{pattern: '<(?<step>\\d+)\\|(?<total>\\d+)> misfit (?<misfit>[\\d.]+)', holds: misfit}]\n";

    private const string Dies = "(($2 < 4 || VIGIL_ATTEMPT > 1)) || kill -KILL $$";

    [Theory]
    [InlineData("folder: 'kept-{step}-ok', files: [net, 'mark*']", "mkdir -p $1/kept-$2-ok; echo $2 >$1/kept-$2-ok/net; " + Dies + "; touch $1/kept-$2-ok/mark.1", 2)]
    [InlineData("folder: 'kept-{step}-ok'", "mkdir -p $1/kept-$2-ok; echo $2 >$1/kept-$2-ok/net; " + Dies, 4)]
    [InlineData("file: 'state.{step}'", "echo $2 >$1/part; " + Dies + "; mv $1/part $1/state.$2", 2)]
    [InlineData("folder: 'checkpoint-{step}', files: [net, mark]", "mkdir -p $1/checkpoint-$2; echo $2 >$1/checkpoint-$2/net; " + Dies + "; touch $1/checkpoint-$2/mark", 2)]
    public void A_killed_run_goes_on_from_the_checkpoint_that_its_pack_calls_whole(string checkpoint, string save, int from)
    {
        _vigil.Write("config/progress/odd.yaml", $"name: odd\n{Lines}checkpoint: {{{checkpoint}}}\n");
        _vigil.Write("save.sh", $"save() {{ {save}; }}");

        var outcome = _vigil.Run("run", "odd.yaml");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var run = Assert.Single(_vigil.State("outputs/odd").Runs.Values);
        Assert.Equal((new RunState.Finished(Outcome.Completed, null), 2), (run.State, run.Attempts.Length));
        Assert.StartsWith($"<{from + 1}|6>", _vigil.Run("logs", "outputs/odd", "odd", "-n", "0").Output, StringComparison.Ordinal);
        var status = _vigil.Run("status", "outputs/odd", "--json").Output;
        Assert.Contains("\"step\": 6", status, StringComparison.Ordinal);
        Assert.Contains("misfit", status, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_knows_the_trainers_own_checkpoints()
    {
        _vigil.Write("config/progress/odd.yaml", $"name: odd\n{Lines}checkpoint: {{folder: 'kept_{{step}}'}}\n");
        _vigil.Write("save.sh", "save() { mkdir -p $1/kept_$2; echo $2 >$1/kept_$2/net; }");
        Assert.Equal(0, _vigil.Run("run", "odd.yaml").ExitCode);

        var asked = _vigil.Run("branch", "outputs/odd", "odd", "--from", "3");

        Assert.Contains("odd has no checkpoint of step 3; there are 6, 4, 2", asked.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pack_that_describes_no_checkpoint_is_told_before_anything_starts()
    {
        _vigil.Write("config/progress/odd.yaml", $"name: odd\n{Lines}checkpoint: {{files: [net]}}\n");

        var outcome = _vigil.Run("plan", "odd.yaml");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("config/progress/odd.yaml:3:13: error RUL085: 'checkpoint' says how a checkpoint is called", outcome.Errors, StringComparison.Ordinal);
    }
}
