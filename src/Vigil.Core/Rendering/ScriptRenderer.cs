using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>Planned run + attempt → the bash script that a job runs.</summary>
public static class ScriptRenderer
{
    /// <param name="folder">Absolute: the attempt's folder, where claim, <c>started.json</c> and <c>exit.json</c> go.</param>
    public static string Render(PlannedRun run, AttemptStart start, string folder) => Render(run, start, folder, token: null);

    /// <param name="token">The mark of the submission, for a script that is submitted by itself; null: it is a task of an array, or nobody submits it yet.</param>
    public static string Render(PlannedRun run, AttemptStart start, string folder, string? token) =>
        run.Slurm is null ? OfThisMachine(run, start, folder) : SlurmScriptText.Render(run, start, folder, token);

    private static string OfThisMachine(PlannedRun run, AttemptStart start, string folder)
    {
        var values = new PlaceholderValues(run, start);
        var command = values.Command switch
        {
            CommandTemplate.Words words => RenderedCommand.Of(words, values),
            CommandTemplate.Line line => RenderedCommand.Of(line, values),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var script = new StringBuilder();
        FencingWrapper.Open(script, start.Attempt, folder);
        JobEnvironment.Append(script, run, start.Attempt);
        LogLink.Append(script, run, values);
        script.Append(command.Preamble);
        FencingWrapper.Enclose(script, run.WorkDir, command.Text);
        return script.ToString();
    }
}

/// <summary>What every job exports.</summary>
internal static class JobEnvironment
{
    /// <summary>Without these a Python log stays empty for minutes, and progress bars fill it with nonsense.</summary>
    public const string Defaults = "export PYTHONUNBUFFERED=\"${PYTHONUNBUFFERED-1}\" COLUMNS=\"${COLUMNS-200}\" TQDM_MININTERVAL=\"${TQDM_MININTERVAL-1}\"";

    public static string OfRun(PlannedRun run, AttemptId attempt) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"export VIGIL_RUN={Bash.Quote(run.Id.Value)} VIGIL_ATTEMPT={attempt.Number} VIGIL_OUTPUT_DIR={Bash.Quote(run.OutputDir)}");

    public static void Append(StringBuilder script, PlannedRun run, AttemptId attempt)
    {
        script.Append('\n');
        foreach (var (name, value) in run.Env)
        {
            if (!Bash.IsVariableName(name)) throw new ArgumentException($"'{name}' cannot name an environment variable", nameof(run));
            script.Append("export ").Append(name).Append('=').Append(Bash.Quote(value)).Append('\n');
        }
        if (run.EnvDefaults) script.Append(Defaults).Append('\n');
        script.Append(OfRun(run, attempt)).Append(" VIGIL_JOB_ID\n");
    }
}

/// <summary>A command with its placeholders filled.</summary>
/// <param name="Preamble">Assignments that must stand before it.</param>
/// <param name="Text">What stands in the command's place of the wrapper.</param>
internal readonly record struct RenderedCommand(string Preamble, string Text)
{
    public static RenderedCommand Of(CommandTemplate.Words words, PlaceholderValues values)
    {
        var usesTime = false;
        var text = new StringBuilder("exec");
        // `--` keeps a program whose name begins with '-' from being read as an option of exec.
        if (words.Items is [['-', ..], ..]) text.Append(" --");
        foreach (var word in words.Items)
        {
            text.Append(' ');
            text.Append(values.Word(PlaceholderText.Parse(word).Parts, out var usesTimeHere));
            usesTime |= usesTimeHere;
        }
        return new(usesTime ? PlaceholderValues.Timestamp : "", text.Append('\n').ToString());
    }

    public static RenderedCommand Of(CommandTemplate.Line line, PlaceholderValues values)
    {
        var filled = LineFiller.Fill(line.Text, values);
        var preamble = new StringBuilder();
        if (filled.Variables.Exists(static v => v.Name == "timestamp")) preamble.Append(PlaceholderValues.Timestamp);
        foreach (var (variable, name) in filled.Variables)
            preamble.Append(filled.Exported ? "export " : "").Append(variable).Append('=').Append(values[name].Word).Append("   # {").Append(name).Append("}\n");
        return new(preamble.ToString(), $"{FencingWrapper.StopTraps}eval {Bash.QuoteAlways(filled.Text)}\n");
    }
}
