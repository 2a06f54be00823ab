using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>
/// Reads <c>backend.command</c> as a list: words; mappings such as <c>{dashes: {lr: 3}}</c>, whose settings become options; and lists within, whose words are left out
/// while a checkpoint that they name is not there.
/// </summary>
internal sealed class ProgramWords(DiagnosticBag report, string path = ProgramWords.Command)
{
    private const string Command = "backend.command";

    /// <summary>What an attempt may have none of.</summary>
    private static readonly string[] MayBeEmpty = ["last_checkpoint", "last_checkpoint_step", "best_checkpoint", "checkpoint_path"];

    private readonly ImmutableArray<string>.Builder _words = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<WordGroup>.Builder _groups = ImmutableArray.CreateBuilder<WordGroup>();

    /// <summary>Null when something in it is no word; that is reported.</summary>
    public CommandSpec.Words? Read(ConfigNode.Sequence list)
    {
        var fits = true;
        for (var i = 0; i < list.Items.Length; i++) fits &= list.Items[i] is ConfigNode.Sequence group ? AddGroup(group, Place(i)) : Add(list.Items[i], Place(i));
        return fits ? new CommandSpec.Words(list, _words.DrainToImmutable()) { Groups = _groups.DrainToImmutable() } : null;
    }

    private string Place(int i) => path == Command ? $"{path}[{i}]" : path;

    private bool Add(ConfigNode item, string path)
    {
        if (item is ConfigNode.Mapping map) return OptionForm.Of(map, path, report) is var (form, options) && OptionWords.AddOptions(options, path, form, _words, report);
        if (item is ConfigNode.Scalar word && !ScalarValue.IsNull(word))
        {
            _words.Add(word.Text);
            return true;
        }
        report.Error("CFG041", item.At, $"'{path}' must be a word, not {Binder.Describe(item)}", "the list holds the program and its arguments, each a text or a number; a mapping such as {dashes: {lr: 3}} gives options");
        return false;
    }

    private bool AddGroup(ConfigNode.Sequence group, string path)
    {
        var (from, fits) = (_words.Count, true);
        for (var i = 0; i < group.Items.Length; i++) fits &= Add(group.Items[i], $"{path}[{i}]");
        _groups.Add(new(from, _words.Count - from));
        if (!fits || Names(from).Any(MayBeEmpty.Contains)) return fits;
        report.Error("CFG041", group.At, $"'{path}' is a list within the command, and names no checkpoint", "a list within is left out while its {last_checkpoint} or {best_checkpoint} is not there; words that always stand there stand in the list itself");
        return false;
    }

    private IEnumerable<string> Names(int from) => _words.Skip(from).SelectMany(static word => PlaceholderText.Parse(word).Names);
}
