using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>The command of a run's first attempt, to be read and not to be run: what only the job knows stays a placeholder, and the run's secrets are masked.</summary>
public static class CommandPreview
{
    public static string Of(PlannedRun run)
    {
        var values = new PlaceholderValues(run, new AttemptStart(new AttemptId(run.Id, 1), LastCheckpoint: null));
        return run.Secrets().Hide(values.Command switch
        {
            CommandTemplate.Line line => Fill(line.Text, values, static value => value.Word),
            CommandTemplate.Words words => string.Join(' ', words.Items.Select(word => Bash.Quote(Fill(word, values, static value => value.Text!)))),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private static string Fill(string text, PlaceholderValues values, Func<PlaceholderValue, string> write) => string.Concat(PlaceholderText.Parse(text).Parts.Select(part => part switch
    {
        PlaceholderPart.Literal plain => plain.Text,
        PlaceholderPart.Name { Key: var name } => values[name] is { Text: not null } known ? write(known) : $"{{{name}}}",
        _ => throw new System.Diagnostics.UnreachableException(),
    }));
}
