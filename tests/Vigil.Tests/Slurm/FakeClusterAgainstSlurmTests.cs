using System.Globalization;
using System.Text.RegularExpressions;
using FakeSlurm;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>The same commands to the fake and to a real Slurm get the same answers: exit code, both outputs, in every column that Vigil reads.</summary>
[Collection(Testbed.Tests)]
public sealed partial class FakeClusterAgainstSlurmTests(Testbed testbed) : IAsyncLifetime
{
    private const string Queue = "JobArrayID:|,JobID:|,State:|,RestartCnt:|,Reason:|,StartTime:|,EndTime:|,SubmitTime:|,NodeList:|,Name:|,Comment:|";
    private const string Letters = "%i|%A|%F|%K|%T|%t|%r|%S|%V|%N|%j|%k|%e|%P|%l|%E";
    private const string Accounts = "JobID,JobIDRaw,State,ExitCode,Start,End,Submit,NodeList,JobName,Comment";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // MinJobAge and the life of a credential as eng/slurm-testbed has them.
    private readonly FakeCluster _fake = new() { Site = { RequeueDelay = 11 } };
    private int _first;

    public async ValueTask InitializeAsync()
    {
        await testbed.StartAsync();
        await testbed.RunAsync("reset");
        _first = await NextIdAsync();
        _fake.State.NextId = _first;
        Ends("*", JobStates.Completed);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("--partition=nosuch")]
    [InlineData("--qos=nosuch")]
    [InlineData("--account=nosuch")]
    [InlineData("--qos=brief --time=10")]
    [InlineData("--mem=999999")]
    [InlineData("--gres=gpu:9")]
    [InlineData("--gres=fpga:1")]
    [InlineData("--gpus=99")]
    [InlineData("--constraint=nofeature")]
    [InlineData("--time=abc")]
    [InlineData("--array=0-99999")]
    [InlineData("--array=5-1")]
    [InlineData("--array=a")]
    [InlineData("--begin=yesterday")]
    [InlineData("--dependency=foo:1")]
    [InlineData("--dependency=afterok:abc")]
    [InlineData("--nosuchoption")]
    [InlineData("--parsable=x")]
    [InlineData("--reservation=nores")]
    [InlineData("--exclude=n77")]
    [InlineData("--signal=XX@1")]
    [InlineData("--open-mode=x")]
    [InlineData("--nodes=x")]
    [InlineData("--ntasks=x")]
    [InlineData("--test-only --partition=nosuch")]
    [InlineData("--test-only --nodes=9")]
    public Task A_submission_that_Slurm_refuses_is_refused_in_its_words(string options) => SameAsync(["sbatch", .. options.Split(' '), "--wrap=true"]);

    [Theory]
    [InlineData("squeue -h -j 9999999")]
    [InlineData("squeue -h -j abc")]
    [InlineData("squeue --me -h -t nosuch")]
    [InlineData("squeue --nosuch")]
    [InlineData("squeue")]
    [InlineData("squeue --start")]
    [InlineData("sacct -n -X -j 9999999")]
    [InlineData("sacct -n -X -j abc")]
    [InlineData("sacct -n -X -o nosuchfield")]
    [InlineData("sacct -n -X -o JobID,Restarts")]
    [InlineData("scancel 9999999")]
    [InlineData("scancel abc")]
    [InlineData("scancel")]
    [InlineData("scancel --name=nosuch")]
    [InlineData("scancel --signal=NOPE 9999999")]
    [InlineData("scontrol requeue 9999999")]
    [InlineData("scontrol hold 9999999")]
    [InlineData("scontrol release abc")]
    [InlineData("scontrol update JobId=9999999 TimeLimit=5")]
    [InlineData("scontrol update JobId=9999999 TimeLimit=abc")]
    [InlineData("scontrol show job 9999999")]
    [InlineData("scontrol show job 9999999 -o")]
    [InlineData("scontrol show partition nosuch")]
    [InlineData("scontrol show partition -o")]
    [InlineData("scontrol show partition")]
    [InlineData("scontrol frob")]
    [InlineData("scontrol show job 1 --json")]
    [InlineData("sinfo -h -o %P|%a|%l|%D|%T|%t|%G|%c|%m|%N")]
    [InlineData("sinfo")]
    [InlineData("sinfo -h -p nosuch -o %P")]
    [InlineData("sinfo -h -N -p short -o %N|%t|%P")]
    [InlineData("sacctmgr -n -P show qos")]
    [InlineData("sacctmgr -P show qos format=name,maxsubmitjobsperuser,maxwall,flags,MaxJobsPU")]
    [InlineData("sacctmgr -n -P show assoc where user=root account=test format=account,user,maxsubmit,qos,maxjobs")]
    [InlineData("sbatch --version")]
    public Task A_question_about_nothing_in_particular_gets_the_same_answer(string words) => SameAsync(words.Split(' '));

    [Fact]
    public async Task Jobs_that_end_each_in_their_way_look_the_same_waiting_running_and_ended()
    {
        Ends("fails", JobStates.Failed, 3);
        await SubmitAsync("--job-name=good", "--comment=vigil:0a1b of mine, \"quoted\"");
        await SubmitAsync("--job-name=fails", "--comment=", "--wrap=exit 3");
        await SubmitAsync("--job-name=held", "--hold", "--time=5:30");
        await SubmitAsync("--job-name=later", "--begin=now+1hour", "--time=1-2:3:4");
        await SubmitAsync("--job-name=unlimited", "--partition=low", "--begin=now+1hour");
        await SubmitAsync("--job-name=large", "--nodes=9");
        await SubmitAsync("--job-name=larger", "--ntasks=999");
        await SubmitAsync("--job-name=shut", "--partition=closed");
        await SubmitAsync("--job-name=long", "--partition=short", "--time=10");
        await SubmitAsync("--job-name=waits", $"--dependency=afterok:{_first + 2}");
        Pass(2);

        await SeeTheQueueAsync();
        await SeeAsync("squeue", "-h", "-o", Letters);
        // By number too: an earlier test's jobs of the same names stay in the queue for minutes.
        await SeeAsync("squeue", "-h", "-t", "FAILED,CD", "-n", "good,fails", "-j", Ids(10), "-o", "%i %T");
        await SeeAsync("squeue", "-h", "--start", "-o", "%i|%S|%r");
        await SeeAsync("sacct", "-X", "-n", "-P", "-D", "-o", Accounts, "-S", "now-1hour", "-j", $"{_first},{_first + 1}");
        await SeeAsync("sacct", "-X", "-P", "--delimiter=\u001f", "-o", Accounts, "-j", $"{_first}");

        await SameAsync("scontrol", "release", $"{_first + 2}");
        Pass(2);
        await SeeTheQueueAsync();
        await SameAsync("scontrol", "hold", $"{_first}");
        await SameAsync("scontrol", "update", $"JobId={_first}", "TimeLimit=5");
        await SameAsync("scontrol", "requeue", $"{_first + 3}");
        await SameAsync("scancel", $"{_first}");
        await SameAsync("scancel", "--signal=USR1", $"{_first}");
    }

    [Fact]
    public async Task Arrays_are_grouped_taken_apart_throttled_and_numbered_the_same()
    {
        Ends("step", JobStates.Completed, 0, 4);
        // Held until all have their ids, since a task that starts takes the next one.
        await SubmitAsync("--job-name=step", "--array=3-9:2%1", "--comment=x", "--hold", "--wrap=sleep 4");
        await SubmitAsync("--job-name=heldarray", "--array=0-3,7", "--hold");
        await SubmitAsync("--job-name=stuck", "--array=1,3,7-9", "--ntasks=999");
        await SubmitAsync("--job-name=pairs", "--array=3-5", $"--dependency=aftercorr:{_first}");
        await SeeTheQueueAsync();
        await SameAsync("scontrol", "release", $"{_first}");
        Pass(2);

        await SeeAsync("squeue", "-h", "-t", "all", "-j", Ids(4), "-o", Letters);
        await SeeTheQueueAsync();
        await SameAsync("scancel", $"{_first + 1}_3");
        await SameAsync("scancel", $"{_first + 2}");
        await SameAsync("scancel", $"{_first + 1}_99");
        await SeeAsync("squeue", "-h", "-t", "all", "-j", Ids(4), "-o", Letters);
        // Whether a cancelled group has a start is a matter of chance.
        await SeeAsync("sacct", "-X", "-n", "-P", "-D", "-o", Accounts.Replace("Start,", "", StringComparison.Ordinal), "-j", $"{_first + 1},{_first + 2}");
        Pass(30);
        await SeeTheQueueAsync();
        await SeeAsync("sacct", "-X", "-n", "-P", "-D", "-o", Accounts, "-j", $"{_first}");
        await SameAsync("scontrol", "show", "job", $"{_first}_99");
        await SameAsync("squeue", "-h", "-j", $"{_first}_99");
    }

    [Fact]
    public async Task Requeued_held_and_cancelled_jobs_look_the_same()
    {
        Ends("*", JobStates.Completed, 0, 600);
        await SubmitAsync("--job-name=again", "--wrap=sleep 600");
        await SubmitAsync("--job-name=never", "--no-requeue", "--wrap=sleep 600");
        await SubmitAsync("--job-name=waits", "--hold");
        await SubmitAsync("--job-name=tasks", "--array=0-3%2", "--wrap=sleep 600");
        Pass(2);
        await SeeTheQueueAsync();

        await SameAsync("scontrol", "requeue", $"{_first}");
        await SameAsync("scontrol", "requeue", $"{_first + 1}");
        await SameAsync("scontrol", "requeue", $"{_first + 3}_0");
        await SameAsync("scontrol", "requeue", $"{_first + 2}");
        await SameAsync("scontrol", "hold", $"{_first + 3}_3");
        await SameAsync("scontrol", "update", $"JobId={_first + 2}", "TimeLimit=7");
        await SameAsync("scontrol", "update", $"JobId={_first + 2}", "ExcNodeList=n1");
        await SameAsync("scontrol", "update", $"JobId={_first + 2}", "ExcNodeList=n99");
        await SameAsync("scontrol", "update", $"JobId={_first + 2}", "Frob=1");
        await SeeAsync("squeue", "-h", "-r", "-t", "all", "-j", $"{_first},{_first + 1},{_first + 2}", "-O", Queue);
        Pass(12);
        await SeeAsync("squeue", "-h", "-r", "-t", "all", "-j", $"{_first},{_first + 1},{_first + 2}", "-O", Queue);
        await SeeAsync("sacct", "-X", "-n", "-P", "-D", "-o", Accounts, "-j", $"{_first},{_first + 1}");
        await SeeAsync("sacct", "-X", "-n", "-P", "-o", Accounts, "-j", $"{_first},{_first + 1}");

        await SameAsync("scancel", Ids(4), "9999999");
        Pass(5);
        await SeeAsync("squeue", "-h", "-r", "-t", "all", "-j", $"{_first},{_first + 1},{_first + 2}", "-o", "%i|%A|%T|%r|%S|%e|%N");
        await SeeAsync("sacct", "-X", "-n", "-P", "-D", "-o", Accounts, "-j", $"{_first},{_first + 1}");
    }

    [Fact]
    public async Task Dependencies_are_met_never_met_or_of_unknown_jobs_the_same()
    {
        Ends("bad", JobStates.Failed, 1);
        await SubmitAsync("--job-name=bad", "--wrap=exit 1");
        await SubmitAsync("--job-name=good");
        Pass(3);
        await SeeTheQueueAsync();
        await SubmitAsync("--job-name=never", $"--dependency=afterok:{_first}");
        await SubmitAsync("--job-name=dies", $"--dependency=afterok:{_first}", "--kill-on-invalid-dep=yes");
        await SubmitAsync("--job-name=unless", $"--dependency=afternotok:{_first}");
        await SubmitAsync("--job-name=both", $"--dependency=afterok:{_first + 1},afterany:{_first}");
        await SubmitAsync("--job-name=either", $"--dependency=afterok:{_first}?afterok:{_first + 1}");
        await SubmitAsync("--job-name=unknown", "--dependency=afterok:9999999");
        Pass(3);
        await SeeTheQueueAsync();
    }

    [Fact]
    public async Task The_limit_of_submissions_and_the_limit_of_running_jobs_hold_the_same()
    {
        Ends("*", JobStates.Completed, 0, 600);
        for (var i = 0; i < 3; i++) await SubmitAsync("--qos=limited", "--job-name=many", "--wrap=sleep 600");
        Pass(2);
        await SeeTheQueueAsync();
        await SameAsync("sbatch", "--qos=limited", "--wrap=sleep 600");
        await SameAsync("sbatch", "--qos=limited", "--array=0-3", "--wrap=sleep 600");
    }

    [Theory]
    [InlineData("stop", FaultKind.Down)]
    [InlineData("pause", FaultKind.Hung)]
    public async Task A_controller_that_is_gone_or_hangs_is_reported_in_the_same_words(string verb, FaultKind fault)
    {
        await SubmitAsync("--job-name=one", "--hold");
        _fake.Fails(fault);
        string[] all = ["sbatch --wrap=true", "squeue --me -h", $"scancel {_first}", $"scontrol hold {_first}", $"scontrol requeue {_first}", $"scontrol update JobId={_first} TimeLimit=5", "scontrol show config", "scontrol show job -o", "scontrol show partition -o", "sinfo -h"];
        await using (await testbed.BreakAsync(verb, "slurmctld"))
        {
            // All at once: each waits for nine seconds or ten.
            var real = await Task.WhenAll(all.Select(words => testbed.AskAsync(words.Split(' '))));
            var fake = all.Select(words => Answer(words.Split(' ')));
            Assert.Equal(string.Join('\n', all.Zip(fake, (words, outcome) => $"{words}: {outcome}")), string.Join('\n', all.Zip(real.Select(Normal), (words, outcome) => $"{words}: {outcome}")));
        }
    }

    private void Ends(string name, string state, int exitCode = 0, double seconds = 0) => _fake.Ends(new Ending(name, state) { ExitCode = exitCode, Seconds = seconds });

    private void Pass(double seconds) => _fake.Advance(TimeSpan.FromSeconds(seconds));

    private string Ids(int count) => string.Join(',', Enumerable.Range(_first, count));

    private Task SubmitAsync(params string[] options) => SameAsync(["sbatch", "--parsable", "--output=/dev/null", .. options, .. options.Any(option => option.StartsWith("--wrap", StringComparison.Ordinal)) ? Array.Empty<string>() : ["--wrap=true"]]);

    /// <summary>Once on each, and the same answer.</summary>
    private async Task SameAsync(params string[] words) => AssertSame(words, Answer(words).ToString(), Normal(await testbed.AskAsync(words)).ToString());

    // Whole, since a test's runner cuts long texts.
    private static void AssertSame(string[] words, string fake, string real) => Assert.True(fake == real, $"{string.Join(' ', words)}\nthe fake: {fake}\nSlurm: {real}");

    /// <summary>The real one comes to say, sooner or later, what the fake says now.</summary>
    private async Task SeeAsync(params string[] words)
    {
        var expected = Sorted(Answer(words));
        var until = DateTime.UtcNow + Patience;
        var seen = Sorted(Normal(await testbed.AskAsync(words)));
        while (seen != expected && DateTime.UtcNow < until)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            seen = Sorted(Normal(await testbed.AskAsync(words)));
        }
        AssertSame(words, expected, seen);
    }

    private Task SeeTheQueueAsync() => SeeAsync("squeue", "--me", "-h", "-r", "-t", "all", "-j", Ids(_fake.Jobs.Max(job => job.Id) - _first + 1), "-O", Queue);

    private ShellOutcome Answer(params string[] words)
    {
        var (exitCode, output, errors) = _fake.Run(words);
        return Normal(new ShellOutcome(exitCode, output, errors));
    }

    private async Task<int> NextIdAsync() =>
        int.Parse(NextId().Match((await testbed.AskAsync("scontrol", "show", "config")).Output).Groups["id"].Value, CultureInfo.InvariantCulture);

    // Times and nodes are chosen by each cluster, and complaints come in the order of threads.
    private static ShellOutcome Normal(ShellOutcome outcome) => outcome with { Output = Node().Replace(Time().Replace(outcome.Output, "TIME"), "NODE"), Errors = string.Join('\n', Time().Replace(outcome.Errors, "TIME").Split('\n').Order()) };

    // squeue sorts by priority and time, sacct by what the database found first.
    private static string Sorted(ShellOutcome outcome) => (outcome with { Output = string.Join('\n', outcome.Output.Split('\n').Order(StringComparer.Ordinal)) }).ToString();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    [GeneratedRegex(@"(?<=[|\s\u001f])n[1-4](?=[|\s\u001f])", RegexOptions.CultureInvariant)]
    private static partial Regex Node();

    [GeneratedRegex(@"NEXT_JOB_ID\s+= (?<id>\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NextId();
}
