using System.Text;
using System.Text.RegularExpressions;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>Planned run + attempt → the script that sbatch takes: ours, or the user's template with the witness around it.</summary>
internal sealed partial class SlurmScriptText
{
    private readonly PlannedRun _run;
    private readonly AttemptStart _start;
    private readonly SlurmScript _script;
    private readonly PlaceholderValues _values;
    private readonly JobCommand _command;
    private readonly string? _token;

    private SlurmScriptText(PlannedRun run, AttemptStart start, string? token)
    {
        (_run, _start, _token, _script) = (run, start, token, run.Slurm!.Script ?? SlurmScript.Empty);
        _values = new(run, start);
        _command = new(run, _values);
    }

    public static string Render(PlannedRun run, AttemptStart start, string folder, string? token) => new SlurmScriptText(run, start, token).Text(folder);

    private string Text(string folder)
    {
        var template = _script.Template is { } own ? new TemplateText(own, _values, Directives, Insert, _command) : null;
        var script = new StringBuilder();
        if (template is null) script.Append("#!/usr/bin/env bash\n").Append(SbatchLines.Of(Options)).AppendJoin("", _script.Directives.Select(static d => d + "\n"));
        else script.Append(template.Shebang).Append('\n').Append(template.Header(Options));
        script.Append("# Written by Vigil. It runs once: a second copy finds the claim and leaves; what Slurm queues again gets a folder of its own.\n");
        SlurmWrapper.Open(script, _run, _start, folder, LogJson, _values.Log(_run.LogPath).Word);
        LogLink.Append(script, _run, _values);
        SlurmWrapper.Enclose(script, Signal, Body(template));
        return script.ToString();
    }

    private IEnumerable<SlurmOption> Options =>
        SbatchOptions.Of(_run.Slurm!, _run.Id.Value, _token, LogPattern.OfSingleJob(_run.LogPath), SbatchExtras.Of(_start), _run.WorkDir);

    private string Directives => (SbatchLines.Of(Options) + string.Concat(_script.Directives.Select(static d => d + "\n"))).TrimEnd('\n');

    private string LogJson => Quoted(_values.Log(_run.LogPath, FencingWrapper.Json).Word);

    // In double quotes for JSON, around one word of bash.
    private static string Quoted(string word) => $"'\"'{word}'\"'";

    /// <summary>The signal that <c>--signal=B:…</c> sends to the batch shell alone.</summary>
    private string? Signal => SignalForm.Match(_run.Slurm!.Option("signal") ?? "") is { Success: true } match
        ? match.Groups["number"] is { Success: true } number ? number.Value : match.Groups["name"].Value.ToUpperInvariant() : null;

    /// <summary>What the subshell around the command does. The user's variables live here: they must not reach the witness.</summary>
    private string Body(TemplateText? template)
    {
        // Rendered before the preamble is asked for, which holds what they refer to.
        var (inside, setup) = (new StringBuilder(), JobSetup.Of(_script, _command));
        if (template is not null) inside.Append("eval ").Append(Bash.QuoteAlways(setup + template.Body)).Append('\n');
        else if (setup.Length > 0) inside.Append("eval ").Append(Bash.QuoteAlways(setup + _command.Start)).Append('\n');
        else if (_command.Start is ['e', 'x', 'e', 'c', ' ', ..] && IsOurs) inside.Append(_command.Start).Append('\n');
        else inside.Append("eval ").Append(Bash.QuoteAlways(_command.Start)).Append('\n');

        var exports = Exports + "\n" + Containers.Exports(_script.Container, _command) + Launchers.Variables(_script, _command, IsSet);
        var body = new StringBuilder();
        body.Append(_command.Preamble()).Append(exports).Append("cd -- ").Append(Bash.Quote(_run.WorkDir)).Append(" || exit 126\n");
        if (inside.ToString().StartsWith("eval ", StringComparison.Ordinal)) body.Append(FencingWrapper.StopTraps);
        return body.Append(inside).ToString();
    }

    /// <summary>Whether nothing of the user's shell stands in what is started, so that it can be no syntax error.</summary>
    private bool IsOurs => _command.IsProgram && _script.SrunText is null;

    private bool IsSet(string name) => _run.Env.ContainsKey(name) || _script.Env.Any(v => v.Name == name);

    /// <summary>The variables of the section, then the run's own, which win.</summary>
    private string Exports => field ??= string.Join('\n', Variables());

    private IEnumerable<string> Variables()
    {
        foreach (var (name, value) in _script.Env)
            if (!_run.Env.ContainsKey(name)) yield return $"export {Named(name)}={_command.Word(value)}";
        foreach (var (name, value) in _run.Env) yield return $"export {Named(name)}={Bash.Quote(value)}";
        if (_run.EnvDefaults) yield return JobEnvironment.Defaults;
        yield return $"{JobEnvironment.OfRun(_run, _start.Attempt)} VIGIL_REQUEUE=\"$vigil_restart\" VIGIL_JOB_ID";
    }

    private static string Named(string name) => Bash.IsVariableName(name) ? name : throw new ArgumentException($"'{name}' cannot name an environment variable");

    /// <summary>Shell of ours in a template; null: a value.</summary>
    private string? Insert(string name) => name switch
    {
        "sbatch_directives" => Directives,
        "srun_opts" => _command.SrunOptions is { Length: > 0 } options ? options + " " : "",
        "launcher_cmd" => _command.Launched,
        "launcher" => _command.Launcher,
        "backend_cmd" or "command" => _command.Text,
        "env_exports" => Exports,
        "task_env" => Launchers.Ranks,
        "log_symlink_cmd" => LogLink.Command(_run),
        "launcher_env_flags" or "launcher_env_passthrough" => _command.EnvFlags,
        _ => null,
    };

    [GeneratedRegex("^[Rr]?[Bb][Rr]?:(?:(?<number>[0-9]{1,2})|(?:SIG)?(?<name>[A-Za-z][A-Za-z0-9]*))(?:@|$)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SignalForm { get; }
}
