namespace FakeSlurm;

/// <summary>
/// A Slurm that is a value: it answers as the commands of Slurm 22.05 do, on a clock of its own, and goes wrong as it is told.
/// In a test: <c>var cluster = new FakeCluster(); cluster.Run(["sbatch", "--parsable", "job.sh"]); cluster.Advance(TimeSpan.FromMinutes(1));</c>.
/// </summary>
public sealed class FakeCluster
{
    private readonly Lock _lock = new();

    public FakeCluster() : this(new ClusterState()) { }

    public FakeCluster(ClusterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        State = state;
    }

    /// <summary>Everything there is to look at and to change between calls.</summary>
    public ClusterState State { get; }

    public Site Site => State.Site;

    /// <summary>Null: the clock stands still but for <see cref="Advance"/> and the time that slow commands take. Otherwise the cluster catches up with it before every answer.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Called before each command with its words: for a test that kills its caller at a certain moment.</summary>
    public Action<IReadOnlyList<string>>? Called { get; set; }

    /// <summary>Called when a command has done its work and its answer is not yet given.</summary>
    public Action<IReadOnlyList<string>>? Done { get; set; }

    public DateTimeOffset Now => State.Now;

    /// <summary>How far the cluster's clock is ahead of <see cref="Clock"/>.</summary>
    public TimeSpan Skew { get => State.Skew; set => State.Skew = value; }

    /// <summary>How often each command was called since the start or <see cref="ForgetCalls"/>.</summary>
    public IReadOnlyDictionary<string, int> Calls => State.Calls;

    /// <summary>Every job of every user, forgotten ones included.</summary>
    public IReadOnlyList<FakeJob> Jobs => State.Jobs;

    public void ForgetCalls() => State.Calls.Clear();

    public void Advance(TimeSpan time)
    {
        lock (_lock) Simulation.AdvanceTo(State, State.Now + time);
    }

    /// <summary>How jobs of that name end from now on; before what was said earlier.</summary>
    public void Ends(Ending ending) => State.Endings.Insert(0, ending);

    public void Fails(Fault fault) => State.Faults.Add(fault);

    public void Fails(FaultKind kind, int? times = null, string? command = null) => Fails(new Fault(kind) { Times = times, Command = command });

    /// <summary>Every fault and every false witness is gone.</summary>
    public void Heal()
    {
        State.Faults.Clear();
        State.FalseWitnesses.Clear();
    }

    /// <summary>A job of somebody else.</summary>
    public FakeJob AddForeignJob(string user, string name, string? comment = null, int? id = null)
    {
        lock (_lock)
        {
            var job = new FakeJob { Id = id ?? State.NextId++, User = user, Name = name, Comment = comment, Account = "other", Partition = "main", Qos = "normal", Submitted = State.Now, LimitMinutes = 60, WorkDir = $"/home/{user}" };
            State.Jobs.Add(job);
            return job;
        }
    }

    /// <summary>Power loss: the node takes no jobs until <see cref="ReviveNode"/>, and those on it end as NODE_FAIL.</summary>
    public void CrashNode(string node)
    {
        lock (_lock)
        {
            Site.DownNodes.Add(node);
            foreach (var job in State.Jobs.Where(job => job.IsRunning && job.NodeList.Contains(node)).ToList()) Simulation.End(State, job, "NODE_FAIL", 0, 0);
        }
    }

    public void ReviveNode(string node) => Site.DownNodes.Remove(node);

    /// <summary>Jobs that run or wait end now, as told; a state that the job is requeued from makes it wait again.</summary>
    public void EndNow(Func<FakeJob, bool> which, string state, int exitCode = 0, int signal = 0)
    {
        lock (_lock)
        {
            foreach (var job in State.Jobs.Where(job => !job.HasEnded && which(job)).ToList()) Simulation.End(State, job, state, exitCode, signal);
        }
    }

    /// <summary>Answers as the program whose name is the first word would, called in <paramref name="folder"/>.</summary>
    public Answer Run(IReadOnlyList<string> words, string input = "", string folder = "/tmp")
    {
        ArgumentNullException.ThrowIfNull(words);
        Called?.Invoke(words);
        Answer answer;
        lock (_lock)
        {
            if (Clock is not null) CatchUp(Clock.GetUtcNow() + Skew);
            else Simulation.Settle(State);
            var command = words[0][(words[0].LastIndexOf('/') + 1)..];
            State.Calls[command] = State.Calls.GetValueOrDefault(command) + 1;
            answer = Commands.Malice.Answer(State, new Commands.Call(command, [.. words.Skip(1)], input, folder));
            if (Clock is null && !Site.FollowsMachineClock && answer.Took > TimeSpan.Zero) Simulation.AdvanceTo(State, State.Now + answer.Took);
        }
        Done?.Invoke(words);
        return answer;
    }

    /// <summary>Lets the cluster's time pass until then; it never goes back.</summary>
    public void CatchUp(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (now > State.Now) Simulation.AdvanceTo(State, now);
            else Simulation.Settle(State);
        }
    }
}
