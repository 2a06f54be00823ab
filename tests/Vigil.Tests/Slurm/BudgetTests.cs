using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class BudgetTests : IDisposable
{
    private readonly string _dir = Directory.CreateTempSubdirectory("vigil-budget-").FullName;
    private readonly Clock _time = new();

    public void Dispose() => Directory.Delete(_dir, recursive: true);

    private string FilePath => Path.Combine(_dir, "state", "slurm-requests", "here-default");

    /// <summary>A clock that a test moves; the wall clock alone can be set.</summary>
    private sealed class Clock : TimeProvider
    {
        private TimeSpan _passed, _set;
        public void Pass(double seconds) => _passed += TimeSpan.FromSeconds(seconds);
        public void SetWall(double seconds) => _set += TimeSpan.FromSeconds(seconds);
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + _passed + _set;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => TimeSpan.FromHours(100).Ticks + _passed.Ticks;
    }

    private RequestBudget Process(double perSecond = 1, string boot = "boot1") => new(FilePath, perSecond, _time, boot);

    /// <summary>Requests that may be sent now.</summary>
    private static int Drain(RequestBudget budget, RequestKind kind = RequestKind.Ordinary)
    {
        var count = 0;
        while (count < 1000 && budget.TryTake(kind) == TimeSpan.Zero) count++;
        return count;
    }

    [Fact]
    public void A_pause_gives_ten_requests_in_a_row_and_then_one_a_second()
    {
        var budget = Process();

        Assert.Equal(10, Drain(budget));
        Assert.Equal(1, budget.TryTake(RequestKind.Ordinary).TotalSeconds, precision: 6);
        _time.Pass(3.5);
        Assert.Equal(3, Drain(budget));
        _time.Pass(10_000);
        Assert.Equal(10, Drain(budget));
    }

    [Fact]
    public void Two_processes_share_one_bucket()
    {
        var (one, other) = (Process(), Process());

        Assert.Equal(10, Drain(one));
        Assert.Equal(0, Drain(other));
        _time.Pass(4);
        Assert.Equal(4, Drain(other));
        Assert.Equal(0, Drain(one));
    }

    [Fact]
    public void A_cancellation_has_requests_that_nobody_else_may_take()
    {
        var budget = Process();
        Drain(budget);

        Assert.Equal(2, Drain(budget, RequestKind.Cancel));
        // What cancellations took comes back before anybody else is served.
        _time.Pass(2);
        Assert.Equal(0, Drain(budget));
    }

    [Fact]
    public void Slurms_complaint_halves_the_rate_until_it_has_been_quiet_for_a_while()
    {
        var (budget, other) = (Process(), Process());
        Drain(budget);
        budget.SlowDown();

        _time.Pass(10);
        Assert.Equal(5, Drain(other));
        other.SlowDown();
        _time.Pass(20);
        Assert.Equal(5, Drain(budget));
        // Two steps back up, a minute each.
        _time.Pass(40);
        Drain(budget);
        _time.Pass(60);
        Drain(budget);
        _time.Pass(5);
        Assert.Equal(5, Drain(budget));
    }

    [Fact]
    public void Complaints_never_stop_it_for_good()
    {
        var budget = Process();
        for (var i = 0; i < 100; i++) budget.SlowDown();

        Assert.InRange(budget.TryTake(RequestKind.Ordinary).TotalSeconds, 0.001, 16);
    }

    [Theory]
    [InlineData(-1e6)]
    [InlineData(1e6)]
    public void A_wall_clock_that_is_set_changes_nothing(double by)
    {
        var budget = Process();
        Drain(budget);
        _time.SetWall(by);

        Assert.Equal(0, Drain(budget));
        _time.Pass(2);
        Assert.Equal(2, Drain(budget));
    }

    [Theory]
    [InlineData(-1e6, 0)]
    [InlineData(1e6, 10)]
    public void After_a_reboot_no_more_than_a_burst_is_free(double wall, int free)
    {
        Drain(Process());
        _time.SetWall(wall);

        var after = Process(boot: "boot2");
        Assert.Equal(free, Drain(after));
        _time.Pass(3);
        Assert.Equal(3, Drain(after));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("1 NaN boot1 0 0 1 0")]
    [InlineData("1 5 boot1 -Infinity 0 1 0")]
    [InlineData("1 -50 boot1 1e300 0 1 0")]
    [InlineData("2 5 boot1 0 0 1 0 and more")]
    public void What_stands_in_the_file_can_neither_block_nor_free_it(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, content);
        var budget = Process();

        Assert.InRange(Drain(budget), 0, 10);
        _time.Pass(60);
        Assert.Equal(10, Drain(budget));
    }

    [Fact]
    public void Where_nothing_can_be_shared_each_goes_half_as_fast()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        // A folder in the file's place: it can be neither opened for writing nor locked.
        Directory.CreateDirectory(FilePath);
        var budget = Process();

        Drain(budget);
        _time.Pass(10);
        Assert.Equal(5, Drain(budget));
    }

    [Fact]
    public void Without_a_limit_nothing_is_counted_and_no_file_is_made()
    {
        Assert.Equal(1000, Drain(Process(RequestBudget.Unlimited)));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void The_file_is_its_owners_alone()
    {
        Drain(Process());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public async Task Many_at_the_same_time_take_no_more_than_there_is()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => Process()).ToList();

        var taken = await Task.WhenAll(processes.Select(static budget => Task.Run(() => Drain(budget))));

        Assert.Equal(10, taken.Sum());
    }
}
