namespace FakeSlurm.Commands;

/// <summary>One command as somebody called it.</summary>
internal sealed record Call(string Command, IReadOnlyList<string> Words, string Input, string Folder);

/// <summary>The words of a call, sorted into options and the rest.</summary>
internal sealed class Options
{
    private readonly List<(string Name, string? Value)> _given = [];

    private Options() { }

    public List<string> Rest { get; } = [];

    /// <summary>The first word that is no option of the command, as getopt complains about it.</summary>
    public string? Unknown { get; private set; }

    public bool Has(string name) => _given.Exists(given => given.Name == name);

    /// <summary>The last value given; null where there is none.</summary>
    public string? this[string name] => _given.FindLast(given => given.Name == name).Value;

    public IEnumerable<(string Name, string? Value)> Given => _given;

    /// <summary>
    /// <paramref name="known"/>: long names, <c>=</c> after those that take a value, <c>?</c> after those that may, their short letter before a bar: <c>J|job-name=</c>.
    /// Without <paramref name="mixes"/> the first word that is no option ends the options, as in a call of a script with its arguments.
    /// </summary>
    public static Options Parse(IEnumerable<string> words, IReadOnlyDictionary<string, (string Name, char Kind)> known, Mixes mixes)
    {
        var options = new Options();
        var queue = new Queue<string>(words);
        while (options.Unknown is null && queue.TryDequeue(out var word))
        {
            if (word == "--" || mixes == Mixes.No && options.Rest.Count > 0 || word is "-" or not ['-', ..])
            {
                if (word != "--" || options.Rest.Count > 0) options.Rest.Add(word);
                if (mixes == Mixes.No) while (queue.TryDequeue(out var rest)) options.Rest.Add(rest);
            }
            else if (word.StartsWith("--", StringComparison.Ordinal)) options.TakeLong(word[2..], queue, known);
            else options.TakeShort(word, queue, known);
        }
        return options;
    }

    public static Dictionary<string, (string Name, char Kind)> Known(string table)
    {
        var known = new Dictionary<string, (string, char)>();
        foreach (var entry in table.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var kind = entry[^1] is '=' or '?' ? entry[^1] : ' ';
            var names = entry.TrimEnd('=', '?').Split('|');
            known[names[^1]] = (names[^1], kind);
            if (names.Length > 1) known[$"-{names[0]}"] = (names[^1], kind);
        }
        return known;
    }

    private void TakeLong(string word, Queue<string> queue, IReadOnlyDictionary<string, (string Name, char Kind)> known)
    {
        var parts = word.Split('=', 2);
        if (!known.TryGetValue(parts[0], out var option)) Unknown = $"unrecognized option '--{parts[0]}'";
        else if (parts.Length == 2 && option.Kind == ' ') Unknown = $"option '--{parts[0]}' doesn't allow an argument";
        else if (parts.Length == 2) _given.Add((option.Name, parts[1]));
        else if (option.Kind == '=' && queue.TryDequeue(out var value)) _given.Add((option.Name, value));
        else if (option.Kind == '=') Unknown = $"option '--{parts[0]}' requires an argument";
        else _given.Add((option.Name, null));
    }

    private void TakeShort(string word, Queue<string> queue, IReadOnlyDictionary<string, (string Name, char Kind)> known)
    {
        for (var i = 1; i < word.Length; i++)
        {
            if (!known.TryGetValue($"-{word[i]}", out var option))
            {
                Unknown = $"invalid option -- '{word[i]}'";
                return;
            }
            if (option.Kind == ' ')
            {
                _given.Add((option.Name, null));
                continue;
            }
            if (i + 1 < word.Length) _given.Add((option.Name, word[(i + 1)..]));
            else if (option.Kind == '=' && queue.TryDequeue(out var value)) _given.Add((option.Name, value));
            else if (option.Kind == '=') Unknown = $"option requires an argument -- '{word[i]}'";
            else _given.Add((option.Name, null));
            return;
        }
    }
}

/// <summary>Whether options may follow words that are none.</summary>
internal enum Mixes { Yes, No }
