using Vigil.Monitoring;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class ParserTests
{
    private const char U = SlurmText.Unit, R = SlurmText.Record;

    private static string Queue(params string[] fields) => string.Join(U, fields) + R + "\n";

    [Theory]
    [InlineData("123", "123")]
    [InlineData("123_4", "123_4")]
    [InlineData("123+0", "123+0")]
    [InlineData("123_[5-7%2]", "123_5 123_6 123_7")]
    [InlineData("123_[0-3]", "123_0 123_1 123_2 123_3")]
    [InlineData("123_[1,4,8-9]", "123_1 123_4 123_8 123_9")]
    [InlineData("123_[0-8:4]", "123_0 123_4 123_8")]
    [InlineData("123_[7]", "123_7")]
    [InlineData("123_[5-3]", "")]
    [InlineData("123_[1-99999999999]", "")]
    [InlineData("123_[a-b]", "")]
    [InlineData("123_[1-2", "")]
    [InlineData("abc", "")]
    [InlineData("123_", "")]
    [InlineData("_4", "")]
    [InlineData("12 3", "")]
    [InlineData("-3", "")]
    [InlineData("٣", "")]
    [InlineData("", "")]
    public void Every_form_of_a_job_id_stands_for_its_jobs(string id, string jobs) => Assert.Equal(jobs, string.Join(' ', SlurmIds.Expand(id)));

    [Theory]
    [InlineData("123", "123")]
    [InlineData("  123 ", "123")]
    [InlineData("123;testbed", "123")]
    [InlineData("Submitted batch job 123", "123")]
    [InlineData("Submitted batch job 123 on cluster east", "123")]
    [InlineData("Submitted batch job 123 of 4", null)]
    [InlineData("123;", null)]
    [InlineData("123;a b", null)]
    [InlineData("Welcome to cluster 123", null)]
    [InlineData("job 123", null)]
    [InlineData("123 jobs are queued", null)]
    [InlineData("", null)]
    public void Only_a_whole_line_of_sbatch_names_the_job(string line, string? id) => Assert.Equal(id, SlurmIds.OfSubmission(line));

    [Theory]
    [InlineData("N/A")]
    [InlineData("Unknown")]
    [InlineData("None")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    public void A_time_that_Slurm_does_not_know_is_none(string text) => Assert.Null(SlurmText.Time(text));

    [Theory]
    [InlineData("1795337089")]
    [InlineData("2026-11-22T08:44:49")]
    public void Times_are_read_in_seconds_and_written_out(string text) =>
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 8, 44, 49, TimeSpan.Zero), SlurmText.Time(text));

    [Fact]
    public void A_row_of_squeue_keeps_every_field_whole()
    {
        var text = Queue("4_1", "9", "RUNNING", "2", "None", "1795337090", "1795340690", "1795337089", "n[1-2]", "a name with  spaces", "vigil:0a1b and more");

        var row = Assert.Single(QueueText.Parse(text, wanted: null, out _));

        Assert.Equal(new("4_1", "9", "RUNNING", 2, null, SlurmText.Time("1795337090"), SlurmText.Time("1795340690"), SlurmText.Time("1795337089"), "n[1-2]", "a name with  spaces", "vigil:0a1b and more"), row);
    }

    [Fact]
    public void Line_ends_in_names_and_comments_and_what_a_site_prints_before_split_no_rows()
    {
        var waiting = Queue("2", "2", "PENDING", "0", "JobHeldUser", "N/A", "N/A", "1795337089", "", "new\nline", "vigil:nl\nsecond");
        var other = Queue("3", "3", "SUSPENDED", "0", "None", "N/A", "N/A", "1795337089", "", "x", "(null)");

        var rows = QueueText.Parse($"Welcome!\nCLUSTER: east\n{waiting}motd again\n{other}", wanted: null, out var oddities);

        Assert.Equal(["2", "3"], rows.Select(static r => r.Id));
        Assert.Equal(("new\nline", "vigil:nl\nsecond"), (rows[0].Name, rows[0].Comment));
        Assert.Null(rows[1].Comment);
        Assert.Equal(0, oddities);
    }

    [Fact]
    public void Records_that_are_none_are_counted_and_left_out()
    {
        var good = Queue("3", "3", "RUNNING", "0", "None", "N/A", "N/A", "N/A", "n1", "x", "(null)");
        var rows = QueueText.Parse($"nonsense{R}\n{Queue("abc", "3", "RUNNING", "0", "", "", "", "", "", "", "")}{Queue("4", "4", "RUNNING", "many", "", "", "", "", "", "", "")}{good}cut{U}in{U}half", wanted: null, out var oddities);

        Assert.Equal("3", Assert.Single(rows).Id);
        Assert.Equal(3, oddities);
    }

    [Fact]
    public void Only_the_rows_that_are_asked_for_are_made()
    {
        var text = string.Concat("1 2_0 3+0 3+1 4_[0-9]".Split(' ').Select(static id => Queue(id, "9", "PENDING", "0", "", "", "", "", "", "", "")));

        var rows = QueueText.Parse(text, ["2_0", "3"], out _);

        // What is not taken apart may hold what is asked for.
        Assert.Equal(["2_0", "3+0", "4_[0-9]"], rows.Select(static r => r.Id));
    }

    [Fact]
    public void The_command_of_a_job_is_read_where_it_was_asked_for()
    {
        var text = Queue("1", "1", "PENDING", "0", "None", "N/A", "N/A", "N/A", "", "x", "(null)", "/a b/script.sbatch");

        Assert.Equal("/a b/script.sbatch", Assert.Single(QueueText.Parse(text, wanted: null, out _)).Last);
    }

    private static string Accounting(params string[] fields) => string.Join(U, fields) + "\n";

    [Fact]
    public void Rows_of_sacct_are_read_with_waiting_tasks_taken_apart()
    {
        var text = Accounting("20_4", "48", "FAILED", "1795337089", "1795337090", "1795337091", "n1", "arr", "", "5:0")
            + Accounting("21", "21", "CANCELLED by 1000", "1795337089", "None", "1795337091", "None assigned", "big", "", "0:0")
            + Accounting("3_[0-1%2]", "3", "PENDING", "1795337089", "Unknown", "Unknown", "None assigned", "two\nlines", "vigil:x\ny", "0:0");

        var rows = AccountingText.Parse("motd\n" + text, AccountingText.Format);

        Assert.Equal(["20_4", "21", "3_0", "3_1"], rows.Select(static r => r.Id));
        Assert.Equal(("FAILED", "5:0", "n1", "48"), (rows[0].State, rows[0].Exit, rows[0].Nodes, rows[0].RawId));
        Assert.Equal(("CANCELLED by 1000", null, null, null), (rows[1].State, rows[1].Exit, rows[1].Nodes, rows[1].Start));
        Assert.Equal(("two\nlines", "vigil:x\ny"), (rows[3].Name, rows[3].Comment));
    }

    [Fact]
    public void A_row_of_waiting_tasks_that_the_books_have_not_taken_apart_yet_is_no_run_of_a_task_that_has_its_own()
    {
        static string Row(string id, string raw, string state) => string.Join('\u001f', id, raw, state, "2026-11-22T13:16:55", "Unknown", "Unknown", "None assigned", "x", "", "0:0") + "\n";
        var rows = AccountingText.Parse(Row("497_0", "648", "COMPLETED") + Row("497_[0-2]", "497", "PENDING"), AccountingText.Format);
        Assert.Equal([("497_0", "COMPLETED"), ("497_1", "PENDING"), ("497_2", "PENDING")], rows.Select(static r => (r.Id, r.State)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no fields at all\n")]
    [InlineData("1\u001f1\u001fRUN")]
    public void What_is_no_row_of_sacct_is_none(string text) => Assert.Empty(AccountingText.Parse(text, AccountingText.Format));

    [Theory]
    [InlineData("PENDING", JobState.Queued)]
    [InlineData("CONFIGURING", JobState.Queued)]
    [InlineData("REQUEUED", JobState.Queued)]
    [InlineData("REQUEUE_FED", JobState.Queued)]
    [InlineData("REQUEUE_HOLD", JobState.Queued)]
    [InlineData("SPECIAL_EXIT", JobState.Queued)]
    [InlineData("RESV_DEL_HOLD", JobState.Queued)]
    [InlineData("REVOKED", JobState.Queued)]
    [InlineData("RUNNING", JobState.Running)]
    [InlineData("COMPLETING", JobState.Running)]
    [InlineData("SUSPENDED", JobState.Running)]
    [InlineData("STOPPED", JobState.Running)]
    [InlineData("RESIZING", JobState.Running)]
    [InlineData("SIGNALING", JobState.Running)]
    [InlineData("STAGE_OUT", JobState.Running)]
    [InlineData("COMPLETED", JobState.Completed)]
    [InlineData("FAILED", JobState.Failed)]
    [InlineData("CANCELLED", JobState.Cancelled)]
    [InlineData("CANCELLED by 1000", JobState.Cancelled)]
    [InlineData("CANCELLED+", JobState.Cancelled)]
    [InlineData("TIMEOUT", JobState.Timeout)]
    [InlineData("DEADLINE", JobState.Timeout)]
    [InlineData("OUT_OF_MEMORY", JobState.OutOfMemory)]
    [InlineData("PREEMPTED", JobState.Preempted)]
    [InlineData("NODE_FAIL", JobState.NodeFail)]
    [InlineData("BOOT_FAIL", JobState.NodeFail)]
    [InlineData("RUNNING,COMPLETING", JobState.Running)]
    [InlineData("COMPLETED,COMPLETING", JobState.Running)]
    public void Every_word_of_Slurm_is_known(string word, JobState state) => Assert.Equal(new SlurmState(state), SlurmStates.Of(word));

    [Theory]
    [InlineData("HIBERNATING")]
    [InlineData("completed")]
    [InlineData("")]
    public void An_unknown_word_is_not_over(string word) => Assert.Equal((false, false), (SlurmStates.Of(word).IsOver, SlurmStates.Of(word).IsKnown));

    [Theory]
    [InlineData("PartitionNodeLimit", true)]
    [InlineData("DependencyNeverSatisfied", true)]
    [InlineData("launch failed requeued held", true)]
    [InlineData("ReqNodeNotAvail, UnavailableNodes:n3", true)]
    [InlineData("ReqNodeNotAvail, Reserved for maintenance", false)]
    [InlineData("Resources", false)]
    [InlineData("Priority", false)]
    [InlineData("QOSMaxJobsPerUserLimit", false)]
    [InlineData("JobHeldUser", false)]
    [InlineData("BeginTime", false)]
    [InlineData("Dependency", false)]
    [InlineData(null, false)]
    public void Only_a_reason_that_never_passes_by_itself_is_called_stuck(string? reason, bool stuck) => Assert.Equal(stuck, StuckReasons.Has(reason));

    [Fact]
    public void Slurms_commands_do_not_see_the_allocation_that_the_monitor_runs_in()
    {
        var ours = new Dictionary<string, string>
        {
            ["PATH"] = "/bin",
            ["SLURM_CONF"] = "/etc/slurm.conf",
            ["SLURM_CLUSTERS"] = "east",
            ["SBATCH_ACCOUNT"] = "mine",
            ["TZ"] = "Asia/Tokyo",
            ["SLURM_JOB_ID"] = "7",
            ["SLURM_NTASKS"] = "4",
            ["SLURM_MEM_PER_CPU"] = "100",
            ["SLURM_CPUS_PER_TASK"] = "2",
            ["CUDA_VISIBLE_DEVICES"] = "0",
            ["SLURMD_NODENAME"] = "n1",
            ["SQUEUE_FORMAT"] = "%i",
            ["SQUEUE_PARTITION"] = "low",
            ["SACCT_FORMAT"] = "x",
            ["SBATCH_WAIT"] = "1",
            ["VIGIL_JOB_ID"] = "3",
        };

        Assert.Equal(["PATH", "SBATCH_ACCOUNT", "SLURM_CLUSTERS", "SLURM_CONF", "TZ"], CommandEnvironment.Of(ours).Keys.Order(StringComparer.Ordinal));
        ours.Remove("SLURM_JOB_ID");
        // Outside of a job these are the user's own wishes.
        Assert.Contains("SLURM_MEM_PER_CPU", CommandEnvironment.Of(ours).Keys);
    }
}
