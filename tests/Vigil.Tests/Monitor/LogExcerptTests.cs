using Vigil.Monitor;
using Vigil.Tests.House;

namespace Vigil.Tests.Monitor;

/// <summary>What people are shown of a log.</summary>
public sealed class LogExcerptTests : IDisposable
{
    private readonly LogPlace _place = new();

    public LogExcerptTests() => _place.Open("rules: [{name: r, when: event, do: {log: x}}]");

    public void Dispose() => _place.Dispose();

    [Fact]
    public void The_last_lines_are_shown()
    {
        File.WriteAllText(_place.Log, string.Concat(Enumerable.Range(1, 2000).Select(static i => $"line {i}\n")));

        Assert.Equal(Enumerable.Range(1981, 20).Select(static i => $"line {i}"), LogExcerpt.Of(_place.State, new("a")));
    }

    [Fact]
    public async Task A_pipe_where_a_log_should_be_holds_nothing_up()
    {
        Assert.Equal(0, Shell.Run(_place.Temp.Path, ["mkfifo", _place.Log]).ExitCode);

        Assert.Empty(await Task.Run(() => LogExcerpt.Of(_place.State, new("a")), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }
}
