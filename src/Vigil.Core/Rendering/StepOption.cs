using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Planning;

namespace Vigil.Rendering;

/// <summary>
/// An option such as <c>--ckpt-step {last_checkpoint_step}</c> is left out while there is no step: a trainer takes no empty number.
/// </summary>
internal static partial class StepOption
{
    private const string Hole = $"{{{Placeholders.LastCheckpointStep}}}";

    public static CommandTemplate Left(CommandTemplate command, AttemptStart start) => (command, start.LastCheckpointStep) switch
    {
        (_, not null) => command,
        (CommandTemplate.Line line, _) when line.Text.Contains(Hole, StringComparison.Ordinal) => new CommandTemplate.Line(InLine.Replace(line.Text, "")),
        (CommandTemplate.Words words, _) when words.Items.Any(static w => w.Contains(Hole, StringComparison.Ordinal)) => new CommandTemplate.Words(Left(words.Items)),
        _ => command,
    };

    private static ImmutableArray<string> Left(ImmutableArray<string> words)
    {
        var left = ImmutableArray.CreateBuilder<string>();
        foreach (var word in words)
        {
            if (word == Hole && left is [.., ['-', ..]]) left.RemoveAt(left.Count - 1);
            else if (!AsOneWord.IsMatch(word)) left.Add(word);
        }
        return left.DrainToImmutable();
    }

    [GeneratedRegex(@"^--?[A-Za-z][\w-]*=\{last_checkpoint_step\}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AsOneWord { get; }

    // In quotes of its own or in none, up to the end of its word. The blanks before it stay, so nothing around it grows together.
    [GeneratedRegex(@"(?<=^|\s)--?[A-Za-z][\w-]*(?:=|[ \t]+)(?:\{last_checkpoint_step\}|""\{last_checkpoint_step\}""|'\{last_checkpoint_step\}')(?=$|[\s;&|)'""])", RegexOptions.CultureInvariant)]
    private static partial Regex InLine { get; }
}
