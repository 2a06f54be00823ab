using System.Text;
using Vigil.Planning;

namespace Vigil.Rendering;

/// <summary>A line of the user's own shell that the monitor runs, such as <c>start_condition_cmd</c>: its placeholders are variables, set before it.</summary>
public static class ShellLine
{
    public static string Render(string line, PlannedRun run, AttemptStart start)
    {
        var values = new PlaceholderValues(run, start);
        var filled = LineFiller.Fill(line, values);
        var script = new StringBuilder();
        if (filled.Variables.Exists(static v => v.Name == "timestamp")) script.Append(PlaceholderValues.Timestamp);
        foreach (var (variable, name) in filled.Variables) script.Append(filled.Exported ? "export " : "").Append(variable).Append('=').Append(values[name].Word).Append('\n');
        return script.Append(filled.Text).ToString();
    }
}
