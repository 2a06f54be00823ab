using System.Globalization;

namespace Vigil.Configuration;

/// <content>How a reference finds its target.</content>
internal sealed partial class Resolver
{
    /// <summary>Why a path leads nowhere.</summary>
    internal enum Miss { None, AboveTop, Absent, Unset, NotInside, NoIndex, Failed }

    /// <summary>Where a path led, or how far it came.</summary>
    /// <param name="Last">The target; with a miss, the last node that was reached.</param>
    /// <param name="Word">With a miss, the key that was looked for there.</param>
    internal readonly record struct Located(Miss Miss, Found Last, string Word);

    private Found? Follow(TemplatePart.Reference reference, ConfigNode.Scalar scalar, Trail? at)
    {
        Located located;
        if (reference.IsFixed) located = Locate(reference.Dots, reference.Keys.AsSpan(), at);
        else if (PathText(reference, scalar, at) is { } path) located = Locate(path, at);
        else return null;
        if (located.Miss is not Miss.None) return Nowhere(located, reference.Source, scalar, reference.IsFixed ? null : Settable(at));
        if (IsAround(located.Last, at)) return Around(reference.Source, scalar);
        if (located.Last.Node is ConfigNode.Scalar { Text: "???", Style: not ScalarStyle.Literal }) return Nowhere(located with { Miss = Miss.Unset }, reference.Source, scalar);
        if (Settle(located.Last) is not { } target) return null;
        return IsAround(target, at) ? Around(reference.Source, scalar) : target;
    }

    /// <summary>Follows a path as OmegaConf's <c>oc.select</c> writes it, beginning at the top or, with dots, at the container that holds the caller.</summary>
    internal Located Locate(string path, Trail? at)
    {
        var (dots, keys) = KeyPath.Parse(path);
        var words = new KeyPart[keys.Count];
        for (var i = 0; i < words.Length; i++) words[i] = new(keys[i], null, IsBracketed: false);
        return Locate(dots, words, at);
    }

    private Located Locate(int dots, ReadOnlySpan<KeyPart> keys, Trail? at)
    {
        var here = new Found(root, null);
        if (dots > 0)
        {
            var holder = at;
            for (var up = 1; up < dots && holder is not null; up++) holder = holder.Up;
            if (holder is null) return new(Miss.AboveTop, here, "");
            here = Found.Holder(holder);
        }
        for (var i = 0; i < keys.Length; i++)
        {
            var word = keys[i].Word;
            if (i > 0)
            {
                if (here.Node is ConfigNode.Scalar { Text: "???", Style: not ScalarStyle.Literal }) return new(Miss.Unset, here, word);
                if (Settle(here) is not { } container) return new(Miss.Failed, here, word);
                here = container;
            }
            if (here.Node is ConfigNode.Scalar || !here.IsLive) return new(Miss.NotInside, here, word);
            var step = Step(here, word, out var noIndex);
            // A container that was only passed through is not what was read.
            if (step is null or { Node: ConfigNode.Scalar }) reads?.Note(here.At, step?.At?.Key ?? word);
            if (step is not { } child) return new(noIndex ? Miss.NoIndex : Miss.Absent, here, word);
            here = child;
        }
        if (here is { Node: not ConfigNode.Scalar, At: { } place }) reads?.Note(place.Up, place.Key);
        return new(Miss.None, here, "");
    }

    /// <summary>The one step from a container to what it holds: every reference goes through here, key by key.</summary>
    private static Found? Step(in Found container, string word, out bool noIndex)
    {
        noIndex = false;
        ConfigNode? child;
        if (container.Node is ConfigNode.Mapping map) child = map[word];
        else
        {
            var list = (ConfigNode.Sequence)container.Node;
            noIndex = !int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index);
            if (index < 0) index += list.Items.Length;
            child = !noIndex && index >= 0 && index < list.Items.Length ? list.Items[index] : null;
            word = index.ToString(CultureInfo.InvariantCulture);
        }
        return child is null ? null : new Found(child, new Trail(container.At, container.Node, word));
    }

    /// <summary>A reference with interpolated keys, as one path: a word from the tree may hold dots and lead on.</summary>
    private string? PathText(TemplatePart.Reference reference, ConfigNode.Scalar scalar, Trail? at)
    {
        var path = new System.Text.StringBuilder().Append('.', reference.Dots);
        for (var i = 0; i < reference.Keys.Length; i++)
        {
            var key = reference.Keys[i];
            if (Word(key, reference.Source, scalar, at) is not { } word) return null;
            if (key.IsBracketed) path.Append('[').Append(word).Append(']');
            else path.Append(i > 0 ? "." : "").Append(word);
        }
        return path.ToString();
    }

    /// <summary>The word of one key, or of one part of a function's name.</summary>
    internal string? Word(KeyPart key, string source, ConfigNode.Scalar scalar, Trail? at)
    {
        if (key.Inner is null) return key.Word;
        if (Evaluate(key.Inner, scalar, at) is not { } found) return null;
        if (found.Node is ConfigNode.Scalar { Value: ScalarValue.Text or ScalarValue.Missing } word) return word.Text;
        Report("CFG022", scalar.At, $"in {source} the inner interpolation must give a text that names a key", found.Node is ConfigNode.Scalar ? "put the value it leads to in quotes" : null);
        return null;
    }

    /// <summary>Whether a node holds the place that asks for it.</summary>
    private static bool IsAround(in Found target, Trail? at)
    {
        if (!target.IsLive || target.Node is ConfigNode.Scalar) return false;
        for (var up = at?.Up; up is not null; up = up.Up)
            if (up.IsSamePlaceAs(target.At)) return true;
        return target.At is null;
    }

    private Found? Around(string source, ConfigNode.Scalar scalar)
    {
        Report("CFG111", scalar.At, $"{source} stands inside of what it refers to", "name one key of that section, not the section itself");
        return null;
    }

    /// <summary>The key that can be set itself where a choice among several values of it fails; null in a list, whose items have no keys.</summary>
    private static string? Settable(Trail? at)
    {
        for (var up = at; up is not null; up = up.Up)
            if (up.Container is ConfigNode.Sequence) return null;
        return at?.Path;
    }

    /// <param name="settable">The key that asks, where it can be set to something else than what is known; null where it cannot.</param>
    internal Found? Nowhere(in Located located, string source, ConfigNode.Scalar scalar, string? settable = null)
    {
        var (last, word) = (located.Last, located.Word);
        var name = last.At is { } trail ? $"'{trail.Path}'" : "the file";
        switch (located.Miss)
        {
            case Miss.AboveTop: Report("CFG021", scalar.At, $"{source} reaches above the top of the file"); break;
            case Miss.Unset when Missing is MissingRule.Refused: Unset((ConfigNode.Scalar)last.Node, last.At); break;
            case Miss.Unset: Report("CFG110", scalar.At, $"{source} asks for {name}, which is mandatory (???) and was not set"); break;
            case Miss.NoIndex: Report("CFG112", scalar.At, $"{source} looks for '{word}' in {name}, which is a list", "name an element by its number, from 0"); break;
            case Miss.NotInside when last.Node is ConfigNode.Scalar: Report("CFG112", scalar.At, $"{source} looks for '{word}' inside {name}, which is a single value"); break;
            case Miss.NotInside: Report("CFG112", scalar.At, $"{source} looks for '{word}' inside what a function computed", "oc.create makes a section that references can lead into"); break;
            case Miss.Absent when last.Node is ConfigNode.Mapping map:
                string[] known = [.. map.Entries.Select(static e => e.Key)];
                Report("CFG021", scalar.At, $"{source} has no target: {name} has no key '{word}'", IsVariable(source) && Suggestion.Nearest(word, known) is null ? OfTheShell(word) : Choice(Suggestion.Hint(word, known), settable));
                break;
            case Miss.Absent: Report("CFG021", scalar.At, $"{source} has no target: {name} is a list of {((ConfigNode.Sequence)last.Node).Items.Length} without element '{word}'"); break;
            default: Fail(); break;
        }
        return null;
    }

    private static string? Choice(string? hint, string? settable) => settable is null ? hint : $"{hint}{(hint is null or [.., '?'] ? "" : ".")} For another one set {settable} itself".TrimStart();

    /// <summary>Written as shells write their variables, which is what it will be.</summary>
    private static bool IsVariable(string source) => source is ['$', '{', (>= 'A' and <= 'Z') or '_', .., '}'] && !source.AsSpan(2, source.Length - 3).ContainsAnyExcept(VariableLetters);

    private static string OfTheShell(string word) => $@"for a variable of the job's shell write \${{{word}}}; for one of this shell, as it is now: ${{oc.env:{word}}}";

    private static readonly System.Buffers.SearchValues<char> VariableLetters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}
