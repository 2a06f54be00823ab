using Vigil.Documents;

namespace Vigil.Core.Tests.Documents;

public sealed class EpochsAndDurationsTests
{
    [Theory]
    [InlineData("2h", 7200)]
    [InlineData("~20 min", 1200)]
    [InlineData("20 min", 1200)]
    [InlineData("~45 minutes", 2700)]
    [InlineData("~10min", 600)]
    [InlineData("1h 30m", 5400)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5 hours", 5400)]
    [InlineData("90s", 90)]
    [InlineData("2 days", 172800)]
    [InlineData("00:15:00", 900)]
    [InlineData("1-00:00:00", 86400)]
    [InlineData("36:00:00", 129600)]
    [InlineData("eval only", null)]
    [InlineData("N/A", null)]
    [InlineData("-", null)]
    [InlineData("", null)]
    public void A_clear_duration_is_read(string text, int? seconds)
    {
        Assert.True(DocumentDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration?.TotalSeconds);
    }

    [Theory]
    [InlineData("20")]
    [InlineData("15:00")]
    [InlineData("00:75:00")]
    [InlineData("1-30:00:00")]
    [InlineData("2-3 min")]
    [InlineData("1h30")]
    [InlineData("30m 1h")]
    [InlineData("about an hour")]
    [InlineData("0 min")]
    [InlineData("-5 min")]
    [InlineData("2hh")]
    [InlineData("1.00001s")]
    [InlineData("20 mins or so")]
    [InlineData("99999999999h")]
    public void What_is_not_clear_is_no_duration(string text) => Assert.False(DocumentDuration.TryParse(text, out _));

    [Theory]
    [InlineData(1200, "20 min")]
    [InlineData(7200, "2h")]
    [InlineData(5400, "1h 30m")]
    [InlineData(90, "1m 30s")]
    [InlineData(90061, "1d 1h 1m 1s")]
    public void A_duration_is_written_as_it_is_read(int seconds, string text)
    {
        Assert.Equal(text, DocumentDuration.Text(TimeSpan.FromSeconds(seconds)));
        Assert.True(DocumentDuration.TryParse(text, out var read));
        Assert.Equal(seconds, read?.TotalSeconds);
    }

    [Theory]
    [InlineData("last", "last")]
    [InlineData("the last epoch", "last")]
    [InlineData("First", "first")]
    [InlineData("all epochs (0, 1)", "all epochs")]
    [InlineData("best by validation loss", "best")]
    [InlineData("epoch 0,1", "epoch 0,1")]
    [InlineData("epochs 1, 0 and 2", "epoch 0,1,2")]
    [InlineData("[0, 1]", "epoch 0,1")]
    [InlineData("3", "epoch 3")]
    [InlineData("0-2", null)]
    [InlineData("some", null)]
    [InlineData("epoch", null)]
    [InlineData("-1", null)]
    [InlineData("999999999999", null)]
    public void Epochs_are_read_strictly(string text, string? means) => Assert.Equal(means, EpochSelection.Parse(text, out _)?.Text);

    [Theory]
    [InlineData("last", 3, null, "2", "")]
    [InlineData("first", 3, null, "0", "")]
    [InlineData("all", 3, null, "0,1,2", "")]
    [InlineData("0,2,3", 3, null, "0,2", "3")]
    [InlineData("last", 3, "0,1", "", "2")]
    [InlineData("all", 3, "0,2", "0,2", "")]
    [InlineData("all", 3, "last", "2", "")]
    [InlineData("first", 1, "last", "0", "")]
    [InlineData("best", 3, "0", "best", "")]
    public void Epochs_count_from_nought_and_only_saved_ones_can_be_evaluated(string asked, int epochs, string? saved, string evaluated, string unsaved)
    {
        var (found, missing) = EpochSelection.Parse(asked, out _)!.Resolve(epochs, saved is null ? null : EpochSelection.Parse(saved, out _));

        Assert.Equal(evaluated, string.Join(',', found.Select(static e => e is EvaluatedEpoch.Numbered n ? $"{n.Epoch}" : "best")));
        Assert.Equal(unsaved, string.Join(',', missing));
    }
}
