using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Notifying;
using Vigil.Planning;

namespace Vigil.Tests.CrashMatrix;

/// <summary>
/// One experiment under rules with every kind of side effect, its monitors that die, and the world that outlives them: a job that writes its log, a
/// scheduler, files, commands and a receiver of notifications.
/// </summary>
internal sealed class RuledNight : IDisposable
{
    private readonly TempFolder _temp = TempFolder.InMemory();
    private readonly VirtualTime _time = new();
    private readonly ExperimentFolder _folder;
    private readonly FakeScheduler _scheduler;
    private readonly Plan _plan;
    private readonly Dictionary<AttemptId, int> _said = [];
    private int _starts;

    public RuledNight()
    {
        _plan = Planner.Plan(new PlanRequest(new SourceFile("e.yaml", _temp["e.yaml"], Yaml()), [], _temp.Path, new ConfigWorld(static _ => null, _time.GetUtcNow())));
        Assert.Empty(_plan.Diagnostics);
        _folder = new ExperimentFolder(_temp["out"]);
        Directory.CreateDirectory(_temp["a", "checkpoints"]);
        File.WriteAllText(_temp["a", "checkpoints", "whole"], "");
        _scheduler = new FakeScheduler
        {
            Ending = attempt => new(attempt, default, attempt is { Run.Value: "a", Number: 1 } || _said.GetValueOrDefault(attempt) < Script(attempt).Length ? JobState.Running : JobState.Completed, ExitCode: 0, Started: DateTimeOffset.UnixEpoch),
            Reporting = WriteAsync,
        };
    }

    public IEnumerable<string> Submissions => _scheduler.Submissions.Select(static s => s.ToString());

    public string[] Lines(string file) => File.Exists(_temp[file]) ? File.ReadAllLines(_temp[file]) : [];

    public List<RunEvent> Events
    {
        get
        {
            List<RunEvent> events = [];
            var follower = new JournalFollower(_folder);
            follower.Read((entry, _) => events.AddRange(entry.Events));
            Assert.Null(follower.Damage);
            State = follower.State;
            return events;
        }
    }

    public ExperimentState State { get; private set; } = ExperimentState.Empty;

    /// <summary>One life that ends at its n-th dangerous moment, if it has that many.</summary>
    /// <param name="torn">How much of a journal write reaches the disk at that moment, of 1.</param>
    public async Task<bool> DiesAsync(int moment, double torn)
    {
        var point = new CrashPoint(moment);
        _scheduler.Step = point.Pass;
        return !await Life(point, journal =>
        {
            journal.BeforeWrite = (file, at, lines) =>
            {
                if (point.IsOver) throw new SimulatedCrash();
                if (!point.Comes()) return;
                RandomAccess.Write(file, lines.Span[..(int)(lines.Length * torn)], at);
                throw new SimulatedCrash();
            };
            journal.BeforeFlush = point.Pass;
        }).LiveAsync();
    }

    /// <summary>A life on a disk that is full at times: so it seems to the writes that are said, half of whose bytes reach it.</summary>
    public async Task LiveOnFullDiskAsync(Func<int, bool> isFull)
    {
        var writes = 0;
        Assert.True(await Life(new(-1), journal => journal.BeforeWrite = (file, at, lines) =>
        {
            if (!isFull(writes++)) return;
            AssertRecorded();
            RandomAccess.Write(file, lines.Span[..(lines.Length / 2)], at);
            throw new IOException("No space left on device");
        }).LiveAsync());
    }

    /// <summary>What was done stands in the journal as asked for.</summary>
    private void AssertRecorded()
    {
        var asked = Events.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).ToList();
        Assert.True(Lines("a/bad").Length <= asked.OfType<Effect.AppendToFile>().Count());
        Assert.True(Lines("once").Length + Lines("again").Length <= asked.OfType<Effect.RunCommand>().Count());
        Assert.True(Lines("told").Count(static l => l.Length > 0) <= asked.OfType<Effect.Notify>().Count());
        Assert.True(_scheduler.Submissions.Count <= asked.OfType<Effect.Submit>().Count());
        Assert.True(_starts <= asked.OfType<Effect.StartRun>().Count());
    }

    public async Task LiveOnAsync()
    {
        _scheduler.Step = static () => { };
        Assert.True(await Life(new(-1), static _ => { }).LiveAsync());
    }

    public void Dispose() => _temp.Dispose();

    private MonitorLife Life(CrashPoint point, Action<Journal> prepare) => new(_folder, _scheduler, _time, _plan.Runs)
    {
        Prepare = prepare,
        Rules = _plan.RuleSets,
        Channels = _plan.Channels,
        Hands = () => new(new ProbeRunner(_time), new ActionRunner(new Starter(_folder, point, () => Interlocked.Increment(ref _starts)), _time), new Notifier(new ChannelSender(GuardedConnection.Real, static _ => null, _time), _time)),
    };

    /// <summary>The job says its next line, whoever listens.</summary>
    private Task WriteAsync()
    {
        for (var job = 0; job < _scheduler.Submissions.Count; job++)
        {
            var attempt = _scheduler.Submissions[job];
            if (attempt.Run.Value != "a" || _said.GetValueOrDefault(attempt) is var said && said >= Script(attempt).Length) continue;
            var log = LogPattern.Expand(_plan.Runs[0].LogPath, new((job + 1).ToString(CultureInfo.InvariantCulture)))!;
            Directory.CreateDirectory(Path.GetDirectoryName(log)!);
            File.AppendAllText(log, Script(attempt)[said]);
            _said[attempt] = said + 1;
        }
        return Task.CompletedTask;
    }

    private string[] Script(AttemptId attempt) => attempt.Run.Value != "a" ? [] : attempt.Number == 1
        ? [" iteration 10/ 900 | lm loss: 2.5 |\n", SavedAt(100), "bad node n013\n", "alarm\n", SavedAt(200) + "bad node n014\n", "NCCL ERROR\n"]
        : [" iteration 210/ 900 | lm loss: 2.4 |\n" + SavedAt(300), "bad node n013\n"];

    private string SavedAt(int step) => string.Create(CultureInfo.InvariantCulture, $"  successfully saved checkpoint from iteration {step,8} to {_temp.Path}/a/checkpoints\n");

    private string Yaml() => $$$"""
        project: {name: a, base_output_dir: '{{{_temp.Path}}}'}
        backend: {command: train}
        lr: 0
        job: {restart: {max_attempts: 3, delay_seconds: 1, causes: []}}
        monitoring:
          notify: {pager: {type: command, command: [/bin/sh, -c, 'cat >>{{{_temp["told"]}}}; echo >>{{{_temp["told"]}}}'], group_seconds: 0}}
          rules:
            - {name: cool, when: 'saved checkpoint from iteration +(?P<n>\d+)', if: {file_exists: '{output_dir}/checkpoints/whole'}, do: {start_run: ['lr={n}']} }
            - {name: list, when: 'bad node (?P<node>\S+)', do: {append: {path: '{output_dir}/bad', content: '{node}'} } }
            - {name: once, when: alarm, do: {run: {command: [/bin/sh, -c, 'echo ran >>{{{_temp["once"]}}}'], on_crash: skip} } }
            - {name: again, when: alarm, do: {run: {command: [/bin/sh, -c, 'echo ran >>{{{_temp["again"]}}}'], on_crash: repeat} } }
            - {name: tell, when: alarm, do: {notify: 'look at {job_name}'}}
            - {name: broken, when: NCCL ERROR, do: {restart: {cause: infrastructure} } }
        """;

    /// <summary>Plans a cooldown without files of its own; it is named for its checkpoint, and otherwise where that name is taken.</summary>
    private sealed class Starter(ExperimentFolder folder, CrashPoint point, Action starts) : IRunStarter
    {
        private static readonly EffectResult Dead = new EffectResult.Refused("the monitor is dead", Retryable: false);

        public EffectResult Start(ExperimentState state, Effect.StartRun ask)
        {
            if (point.Comes() || point.IsOver) return Dead;
            starts();
            var name = $"cool-{ask.Overrides[0].Trim('\'').Replace("lr=", "", StringComparison.Ordinal).Trim('\'')}";
            while (state.Runs.ContainsKey(name)) name += "-again";
            var parent = state.Runs[ask.Run.Value].Plan;
            var run = parent with
            {
                Id = new(name),
                Point = name,
                OutputDir = $"{parent.OutputDir}-{name}",
                LogPath = $"{parent.OutputDir}-{name}/slurm-%j.out",
                LogPathCurrent = null,
                Rules = null,
                Lifecycle = null,
                Lineage = new(parent.Id, ask.Checkpoint, $"{ask.Firing}#{ask.Action}"),
            };
            FrozenConfigs.Write(folder, name, [run], [new FrozenConfig(run.Id, "a: 1\n", "{}", "a: 1\n")]);
            return point.Comes() ? Dead : new EffectResult.Planned([run], []);
        }
    }
}
