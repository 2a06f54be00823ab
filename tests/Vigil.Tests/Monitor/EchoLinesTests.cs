using System.Text;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Tests.Monitor;

public sealed class EchoLinesTests
{
    [Theory]
    [InlineData("pattern: NCCL error", true)]
    [InlineData("  - pattern: NCCL error,", true)]
    [InlineData("pattern: NCCL errors", false)]
    [InlineData("short", false)]
    public void A_line_is_an_echo_whatever_printing_adds_to_it(string line, bool isEcho)
    {
        var lines = new EchoLines();
        lines.Add("    pattern: NCCL error");
        lines.Add("short");
        Assert.Equal(isEcho, lines.Contains(line));
    }

    [Fact]
    public void A_long_line_is_an_echo_as_far_as_it_is_kept()
    {
        var command = $"python train.py {string.Join(' ', Enumerable.Range(0, 200).Select(static n => $"--option-{n} value"))}";
        var lines = new EchoLines();
        lines.Add(command);
        Assert.True(lines.Contains(LineText.Shortened(Encoding.UTF8.GetBytes($"+ {command}"))));
        Assert.False(lines.Contains(LineText.Shortened(Encoding.UTF8.GetBytes($"+ {command.Replace("--option-3 ", "--option-x ", StringComparison.Ordinal)}"))));
    }

    [Fact]
    public void A_line_is_not_cut_inside_a_character() => Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(LineText.Shortened(Encoding.UTF8.GetBytes(new string('x', 399) + "😀😀")))));
}
