using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Tests.Scenarios;

/// <summary>A monitor that is killed between what it did and its record of it.</summary>
public sealed class ActionScenarioTests : IDisposable
{
    private static readonly RunId A = new("a");

    private readonly TempFolder _temp = new();

    [Fact, Trait("scenario", "28")]
    public async Task A_command_that_may_have_run_is_not_run_again_and_a_person_is_told()
    {
        var refused = Assert.IsType<EffectResult.Refused>(await DoAsync(Command(OnCrash.Skip), mayHaveHappened: true));
        Assert.False(refused.Retryable);
        Assert.Contains("not known whether it was done", refused.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(_temp["ran"]));
    }

    [Fact, Trait("scenario", "28")]
    public async Task A_command_that_may_be_repeated_is_run_again()
    {
        Assert.IsType<EffectResult.Done>(await DoAsync(Command(OnCrash.Repeat), mayHaveHappened: true));
        Assert.True(File.Exists(_temp["ran"]));
    }

    [Fact, Trait("scenario", "28")]
    public async Task A_line_is_appended_once_however_often_it_is_asked_for()
    {
        var append = new Effect.AppendToFile("f", 0, A, _temp["sub/list"], "n013\nrm -rf /", Repeats.Dropped);
        await DoAsync(append, mayHaveHappened: false);
        await DoAsync(append, mayHaveHappened: true);
        Assert.Equal("n013 rm -rf /\n", File.ReadAllText(_temp["sub/list"]));
    }

    [Fact, Trait("scenario", "28")]
    public void A_line_that_is_asked_for_several_times_at_once_is_appended_once()
    {
        using var runner = new ActionRunner(new NoRuns(), TimeProvider.System);
        for (var i = 0; i < 16; i++) Assert.True(runner.Start(ExperimentState.Empty, $"append:{i}", new Effect.AppendToFile($"f{i}", 0, A, _temp["list"], "n013", Repeats.Dropped), mayHaveHappened: false));
        var done = 0;
        for (var since = TimeProvider.System.GetTimestamp(); done < 16; Thread.Yield())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(60), "the lines are not appended");
            done += runner.Completed().Count(static c => c.Result is EffectResult.Done);
        }
        Assert.Equal("n013\n", File.ReadAllText(_temp["list"]));
    }

    [Fact]
    public async Task What_a_command_is_given_is_words_and_never_shell()
    {
        var words = ImmutableArray.Create("/usr/bin/touch", "--", "$(touch pwned)", "; touch pwned");
        Assert.IsType<EffectResult.Done>(await DoAsync(new Effect.RunCommand("f", 0, A, words, _temp.Path, OnCrash.Skip, 1), mayHaveHappened: false));
        Assert.Equal(["$(touch pwned)", "; touch pwned"], Directory.GetFiles(_temp.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_command_that_fails_says_how()
    {
        var refused = Assert.IsType<EffectResult.Refused>(await DoAsync(new Effect.RunCommand("f", 0, A, ["/bin/sh", "-c", "echo no such thing >&2; exit 3"], _temp.Path, OnCrash.Skip, 1), mayHaveHappened: false));
        Assert.Equal(("/bin/sh ended with 3: no such thing", true), (refused.Reason, refused.Retryable));
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_a_refusal_and_not_the_end_of_the_watch() =>
        Assert.Contains("cannot be started", Assert.IsType<EffectResult.Refused>(await DoAsync(new Effect.RunCommand("f", 0, A, ["/no/such/program"], _temp.Path, OnCrash.Skip, 1), mayHaveHappened: false)).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("echo token hf_abcdefghijklmnopqrstuvwxyz >&2; exit 1")]
    [InlineData("echo token hf_abcdefghijklmnopqrstuvwxyz")]
    public async Task What_a_command_says_is_kept_without_its_secrets(string line)
    {
        var said = await DoAsync(new Effect.RunCommand("f", 0, A, ["/bin/sh", "-c", line], _temp.Path, OnCrash.Skip, 1), mayHaveHappened: false) switch
        {
            EffectResult.Done { Note: var note } => note,
            EffectResult.Refused { Reason: var reason } => reason,
            _ => null,
        };
        Assert.DoesNotContain("hf_", said, StringComparison.Ordinal);
        Assert.Contains("token ***", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_command_says_at_length_is_cut_between_characters()
    {
        var done = Assert.IsType<EffectResult.Done>(await DoAsync(new Effect.RunCommand("f", 0, A, ["/bin/sh", "-c", "printf x; for i in $(seq 600); do printf '\\360\\237\\230\\200'; done"], _temp.Path, OnCrash.Skip, 1), mayHaveHappened: false));
        Assert.EndsWith("\U0001F600…", done.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_leaves_ends_the_command_that_is_under_way()
    {
        var runner = new ActionRunner(new NoRuns(), TimeProvider.System);
        Assert.True(runner.Start(ExperimentState.Empty, "x", new Effect.RunCommand("f", 0, A, ["/bin/bash", "-c", "echo $$ >pid.new; mv pid.new pid; exec sleep 300"], _temp.Path, OnCrash.Skip, 1), mayHaveHappened: false));
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_temp["pid"]), TimeSpan.FromSeconds(60)));

        runner.Dispose();

        Assert.True(runner.HasEnded);
        var (table, pid) = (new ProcessTable(), int.Parse(File.ReadAllText(_temp["pid"]), CultureInfo.InvariantCulture));
        Assert.True(SpinWait.SpinUntil(() => table.Read(pid) is null or { State: 'Z' }, TimeSpan.FromSeconds(60)));
    }

    public void Dispose() => _temp.Dispose();

    private Effect.RunCommand Command(OnCrash onCrash) => new("f", 0, A, ["/usr/bin/touch", _temp["ran"]], _temp.Path, onCrash, 3);

    private static async Task<EffectResult> DoAsync(Effect.OfAction action, bool mayHaveHappened)
    {
        using var runner = new ActionRunner(new NoRuns(), TimeProvider.System);
        Assert.True(runner.Start(ExperimentState.Empty, "x", action, mayHaveHappened));
        for (var tries = 0; ; tries++)
        {
            if (runner.Completed() is [var (_, result)]) return result;
            Assert.True(tries < 3000, "the action did not end");
            await Task.Delay(10);
        }
    }

    private sealed class NoRuns : IRunStarter
    {
        public EffectResult Start(ExperimentState state, Effect.StartRun ask) => throw new NotSupportedException();
    }
}
