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

    [Theory]
    [InlineData("    - {name: f, when: 'BOOM', do: finish}", true)]
    [InlineData("2026-11-22 10:00:00 INFO config:     - {name: f, when: 'BOOM', do: finish}", true)]
    [InlineData("2026-11-22 10:00:00,123 | INFO | conf | when: {substring: \"loss is nan\"}", true)]
    [InlineData("0: [rank0] when: BOOM-DRY", true)]
    [InlineData("INFO config:   learning_rate: 0.00025", true)]
    [InlineData("INFO - loss is nan", false)]
    [InlineData("INFO trainer: loss is nan", false)]
    [InlineData("loss is nan at step 10", false)]
    [InlineData("RuntimeError: CUDA out of memory", false)]
    [InlineData("2026-11-22 10:00:00 INFO seen when: BOOM-DRY was printed", false)]
    [InlineData("iteration 10 loss: nan", false)]
    [InlineData("xwhen: BOOM-DRY", false)]
    [InlineData("BOOM", false)]
    [InlineData("BOOM-DRY", false)]
    public void A_line_of_the_configuration_is_known_again_behind_a_loggers_prefix_and_what_only_holds_its_words_is_not(string line, bool isEcho)
    {
        var lines = new EchoLines();
        foreach (var known in (string[])["    - {name: f, when: 'BOOM', do: finish}", "      when: {substring: \"loss is nan\"}", "  when: BOOM-DRY", "  learning_rate: 0.00025", "  - CUDA out of memory", "  loss: nan", "nan"]) lines.Add(known);
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
