using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>Words such as <c>--resume {last_checkpoint}</c> are left out together while there is nothing to resume from: a trainer takes no empty path.</summary>
internal static class OptionalWords
{
    /// <param name="isEmpty">Whether a placeholder of this name stands for nothing in this attempt.</param>
    public static CommandTemplate Left(CommandTemplate command, Func<string, bool> isEmpty)
    {
        if (command is not CommandTemplate.Words { Groups: { } groups } words) return command;
        var left = words.Items;
        foreach (var group in groups.Reverse())
            if (words.Items.AsSpan(group.From, group.Count).ToArray().SelectMany(static word => PlaceholderText.Parse(word).Names).Any(isEmpty)) left = left.RemoveRange(group.From, group.Count);
        return new CommandTemplate.Words(left);
    }
}
