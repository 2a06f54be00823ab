using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>What the next attempt goes on from.</summary>
public sealed class ResumingTests
{
    private static readonly UsableCheckpoint Old = new("/out/a/step-50", 50, "/out/a/step-50"), Newer = new("/out/a/step-100", 100, "/out/a/step-100");

    [Fact]
    public void The_next_attempt_gets_the_furthest_whole_checkpoint_though_the_log_told_of_a_further_one()
    {
        var world = Running();
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 100, "", []) { Checkpoint = new(150, "/out/a/step-150") });
        FailWith(world, 1, step: 160, Newer, Old);

        Assert.Equal((Newer.Load, Newer.Path), Next(world, 2));
    }

    [Fact]
    public void The_best_checkpoint_is_the_one_with_the_best_evaluation_and_without_any_the_last()
    {
        var world = Running();
        FailWith(world, 1, step: 160, Newer, Old);
        Next(world, 2);
        Assert.Null(Start(world, 2).BestCheckpoint);

        Run(world, 2);
        world.See(new Observation.CheckpointsLookedAt(world.Now, new("a"), [Newer, Old]) { Best = Old });
        world.Fail("a", 2, step: 170);
        Next(world, 3);
        Assert.Equal((Newer.Load, Old.Load), (Start(world, 3).LastCheckpoint, Start(world, 3).BestCheckpoint));
    }

    [Fact]
    public void As_long_as_nobody_has_looked_the_trainers_word_counts()
    {
        var world = Running();
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 100, "", []) { Checkpoint = new(150, "/out/a/root") });
        world.Fail("a", step: 160);

        Assert.Equal(("/out/a/root", null), Next(world, 2));
    }

    [Fact]
    public void Where_none_is_whole_the_next_attempt_gets_none()
    {
        var world = Running();
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 100, "", []) { Checkpoint = new(150, "/out/a/root") });
        FailWith(world, 1, step: 160);

        Assert.Equal((null, null), Next(world, 2));
    }

    [Fact]
    public void A_resume_that_dies_at_once_puts_its_checkpoint_in_doubt_and_one_older_is_taken()
    {
        var world = Running();
        FailWith(world, 1, step: 110, Newer, Old);
        Next(world, 2);
        Run(world, 2);
        world.After(TimeSpan.FromSeconds(100));
        var events = FailWith(world, 2, step: null, Newer, Old);

        Assert.Equal(new RunEvent.CheckpointDoubted(new RunId("a"), Newer.Path), events.OfType<RunEvent.CheckpointDoubted>().Single());
        Assert.Equal((Old.Load, Old.Path), Next(world, 3));
    }

    [Theory]
    [InlineData(100, 101L, 1, "FAILED")]     // it went beyond the checkpoint's step
    [InlineData(300, null, 1, "FAILED")]     // it lived longer than a checkpoint that cannot be loaded lets it
    public void A_resume_that_came_further_or_lived_longer_leaves_its_checkpoint_in_honour(int seconds, long? step, int code, string reason)
    {
        var world = Running();
        FailWith(world, 1, step: 90, Newer, Old);
        Next(world, 2);
        Run(world, 2);
        world.After(TimeSpan.FromSeconds(seconds));
        world.See(Looked(world, Newer, Old));
        var events = world.Report("a", JobState.Failed, 2, code, reason, step);

        Assert.Empty(events.OfType<RunEvent.CheckpointDoubted>());
        Assert.Equal(Newer.Path, Next(world, 3).From);
    }

    [Fact]
    public void A_node_that_failed_at_once_says_nothing_of_the_checkpoint()
    {
        var world = Running();
        FailWith(world, 1, step: 110, Newer, Old);
        Next(world, 2);
        Run(world, 2);
        world.See(Looked(world, Newer, Old));

        Assert.Empty(world.Report("a", JobState.NodeFail, 2).OfType<RunEvent.CheckpointDoubted>());
    }

    [Fact]
    public void The_only_checkpoint_is_taken_again_though_it_is_in_doubt()
    {
        var world = Running();
        FailWith(world, 1, step: 110, Newer);
        Next(world, 2);
        Run(world, 2);
        Assert.Single(FailWith(world, 2, step: null, Newer).OfType<RunEvent.CheckpointDoubted>());

        Assert.Equal(Newer.Path, Next(world, 3).From);
    }

    [Fact]
    public void The_same_judgement_twice_is_one_fact()
    {
        var world = Running();

        Assert.IsType<RunEvent.CheckpointsJudged>(Assert.Single(world.See(Looked(world, Newer, Old))));
        Assert.Empty(world.See(Looked(world, Newer, Old)));
        Assert.Empty(world.See(new Observation.CheckpointsLookedAt(world.Now, new RunId("unknown"), [Old])));
    }

    [Fact]
    public void A_step_that_the_folders_own_file_does_not_name_is_asked_for_by_its_number()
    {
        var world = Running("train --load {last_checkpoint} --ckpt-step {last_checkpoint_step}");
        FailWith(world, 1, step: 45, Forty, Thirty);
        Assert.Equal((Forty.Load, Forty.Path), Next(world, 2));
        Assert.Equal(40, Start(world, 2).LastCheckpointStep);
        Run(world, 2);
        Assert.Equal(Forty.Path, FailWith(world, 2, step: null, Forty, Thirty).OfType<RunEvent.CheckpointDoubted>().Single().Path);

        Assert.Equal((Thirty.Load, Thirty.Path), Next(world, 3));
        Assert.Equal(30, Start(world, 3).LastCheckpointStep);
    }

    [Fact]
    public void A_step_that_the_command_cannot_be_told_is_never_said_to_be_tried_and_the_end_says_how_to_ask_for_it()
    {
        var world = Running("train --load {last_checkpoint}");
        FailWith(world, 1, step: 45, Forty, Thirty);
        Next(world, 2);
        Run(world, 2);
        Assert.Equal(Forty.Path, FailWith(world, 2, step: null, Forty, Thirty).OfType<RunEvent.CheckpointDoubted>().Single().Path);
        Assert.Equal((Forty.Load, Forty.Path), Next(world, 3));
        Run(world, 3);
        var events = FailWith(world, 3, step: null, Forty, Thirty);

        Assert.Empty(events.OfType<RunEvent.CheckpointDoubted>());
        var end = events.OfType<RunEvent.RunFinished>().Single();
        Assert.Equal(Outcome.NeedsPerson, end.Outcome);
        Assert.Equal("CRASH_LOOP: iter_0000030 is older and whole, but could not be asked for: give the command --ckpt-step {last_checkpoint_step}", end.Reason);
    }

    [Fact]
    public void Where_only_a_step_that_cannot_be_asked_for_is_whole_nothing_is_claimed_of_it()
    {
        var world = Running("train --load {last_checkpoint}");
        FailWith(world, 1, step: 45, Thirty);

        Assert.Equal((Thirty.Load, null), Next(world, 2));
        Run(world, 2);
        Assert.Empty(FailWith(world, 2, step: null, Thirty).OfType<RunEvent.CheckpointDoubted>());
    }

    [Fact]
    public void As_long_as_nobody_has_looked_the_trainers_word_counts_for_the_step_too()
    {
        var world = Running();
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 100, "", []) { Checkpoint = new(150, "/out/a/root") });
        world.Fail("a", step: 160);
        Next(world, 2);

        Assert.Equal(150, Start(world, 2).LastCheckpointStep);
    }

    private static readonly UsableCheckpoint Forty = new("/out/a/ck/iter_0000040", 40, "/out/a/ck"), Thirty = new("/out/a/ck/iter_0000030", 30, "/out/a/ck") { ByStep = true };

    private static World Running(string? command = null)
    {
        var run = Some.Run("a", attempts: 5, delay: 0, causes: [FailureCause.Crash, FailureCause.Infrastructure]);
        var world = World.Planned(command is null ? run : run with { Command = new CommandTemplate.Line(command) });
        world.Tick();
        world.Accept();
        world.Report("a", JobState.Running);
        return world.After(TimeSpan.FromHours(1));
    }

    private static Observation.CheckpointsLookedAt Looked(World world, params ImmutableArray<UsableCheckpoint> usable) => new(world.Now, new RunId("a"), usable);

    private static ImmutableArray<RunEvent> FailWith(World world, int number, long? step, params ImmutableArray<UsableCheckpoint> usable)
    {
        world.See(Looked(world, usable));
        return world.Fail("a", number, step: step);
    }

    private static void Run(World world, int number)
    {
        world.Accept();
        world.See(new Observation.JobReported(world.Now, Some.Report("a", JobState.Running, number) with { Started = world.Now }));
    }

    private static AttemptStart Start(World world, int number) =>
        world.Entries.SelectMany(static e => e.Events).OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.Submit>().SelectMany(static s => s.Attempts).Single(a => a.Attempt.Number == number);

    private static (string? Load, string? From) Next(World world, int number)
    {
        var start = world.After(TimeSpan.FromSeconds(1)).Tick().OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.Submit>().Single().Attempts.Single();
        Assert.Equal(number, start.Attempt.Number);
        return (start.LastCheckpoint, start.From);
    }
}
