using System.Collections.Immutable;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>The command of a Slurm job with what starts it: container and launcher, as shell text of ours. What is filled in is kept in variables, which its shells inherit.</summary>
internal sealed class JobCommand
{
    private readonly PlannedRun _run;
    private readonly PlaceholderValues _values;
    private readonly SlurmScript _script;
    private readonly List<(string Variable, string Name)> _variables = [];
    private readonly ImmutableArray<string> _prefix;
    private bool _usesTime;

    public JobCommand(PlannedRun run, PlaceholderValues values)
    {
        (_run, _values, _script) = (run, values, run.Slurm?.Script ?? SlurmScript.Empty);
        Text = values.Command switch
        {
            CommandTemplate.Line line => Line(line.Text),
            CommandTemplate.Words { Items: var words } => Words(words),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        _prefix = [.. Containers.Words(_script.Container, run, this), .. Launchers.TorchrunWords(_script, this)];
        LauncherText = _script.LauncherText is { } text ? Line(text, LauncherMarkers) : null;
    }

    /// <summary>Whether the command holds what is known only on the nodes.</summary>
    public bool NeedsNode { get; private set; }

    /// <summary>Whether the command runs once on each node.</summary>
    public bool IsPerNode { get; private set; }

    /// <summary>What a node fills in is no business of the shell that starts the nodes: the words get a shell of their own there.</summary>
    private string Words(ImmutableArray<string> words)
    {
        var names = words.SelectMany(static w => PlaceholderText.Parse(w).Names).Where(n => Placeholders.IsOfANode(n) && !_run.Placeholders.ContainsKey(n)).ToList();
        (NeedsNode, IsPerNode) = (names.Count > 0, names.Contains(Placeholders.NodeRank));
        var text = string.Join(' ', words.Select(Word));
        return NeedsNode ? $"bash -c {Bash.QuoteAlways($"exec {text}")}" : text;
    }

    /// <summary>The command alone.</summary>
    public string Text { get; }

    private string? LauncherText { get; }

    /// <summary>What stands before the command, srun aside; empty when nothing does.</summary>
    public string Launcher => string.Join(' ', _prefix.AsEnumerable().Concat(LauncherText is null ? [] : [LauncherText]));

    /// <summary>The command with what stands before it, srun aside.</summary>
    public string Launched => (_prefix.IsEmpty, LauncherText) switch
    {
        (true, null) => Text,
        (true, { } text) => $"{text} {Text}",
        (false, null) => string.Join(' ', [.. _prefix, Program]),
        (false, { } text) => string.Join(' ', [.. _prefix, "bash", "-c", Bash.QuoteAlways($"{text} {Text}")]),
    };

    /// <summary>The command as words: a line of the user's shell gets a shell.</summary>
    private string Program => _run.Command is CommandTemplate.Line ? $"bash -c {Bash.QuoteAlways(Text)}" : Text;

    /// <summary>Whether the launched command is a program with its arguments, so that a shell may become it.</summary>
    public bool IsProgram => !_prefix.IsEmpty || (LauncherText is null && _run.Command is CommandTemplate.Words);

    /// <summary>Options of srun, each a word of bash or the user's own text.</summary>
    public string SrunOptions => string.Join(' ', Launchers.SrunWords(_script, _run, this).Concat(_script.SrunText is { } text ? [Line(text)] : []));

    /// <summary>What the subshell runs.</summary>
    public string Start => Launchers.UsesSrun(_script)
        ? $"exec srun {(SrunOptions is { Length: > 0 } options ? options + " " : "")}{Launchers.Task(_script, Launched, IsProgram)}"
        : IsProgram ? $"exec {(Launched is ['\'', '-', ..] ? "-- " : "")}{Launched}" : Launched;

    /// <summary>A text of the user's shell, filled.</summary>
    public string Line(string text) => Line(text, static _ => null);

    public string Line(string text, Func<string, string?> shell)
    {
        var line = LineFiller.Fill(text, _values, _variables, shell).Text;
        _usesTime |= _variables.Exists(static v => v.Name == "timestamp");
        return line;
    }

    /// <summary>A text with placeholders as one word.</summary>
    public string Word(string text)
    {
        var word = _values.Word(PlaceholderText.Parse(text).Parts, out var usesTime);
        _usesTime |= usesTime;
        return word;
    }

    /// <summary>Assignments that must stand before everything that was rendered so far.</summary>
    public string Preamble()
    {
        var preamble = new StringBuilder();
        if (_usesTime) preamble.Append(PlaceholderValues.Timestamp).Append("export vigil_timestamp\n");
        foreach (var (variable, name) in _variables)
            preamble.Append("export ").Append(variable).Append('=').Append(_values[name].Word).Append("   # {").Append(name).Append("}\n");
        return preamble.ToString();
    }

    /// <summary>What the documents' <c>launcher_cmd</c> marks with double braces.</summary>
    private string? LauncherMarkers(string name) => name switch
    {
        "bind_flags" => string.Join(' ', (_script.Container?.Binds ?? []).Select(b => $"--bind {Word(b)}")),
        "env_flags" => EnvFlags,
        // Inside quotes of a quoted shell: each variable again, as the shell there inherits it.
        "env_exports" => string.Concat(_script.Env.Select(static v => $"export {v.Name}=\"${v.Name}\"; ")).TrimEnd(),
        _ => null,
    };

    /// <summary>Each variable of the job by its name, for a runtime that passes none on.</summary>
    public string EnvFlags => string.Join(' ', _script.Env.Select(static v => v.Name).Concat(_run.Env.Keys).Distinct().Select(static n => $"--env {n}=\"${n}\""));
}
