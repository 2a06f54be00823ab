namespace Vigil.Configuration;

/// <summary>Says what to do about several values where one is needed.</summary>
internal static class AmbiguousSweep
{
    public static void Report(Override change, DiagnosticBag report)
    {
        if (change.Value is OverrideValue.Choices { Form: ChoiceForm.Simple })
        {
            var values = change.Text[(change.Text.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
            report.Error("CFG032", change.At, $"ambiguous value: '{change.Text}' has several values",
                $"for a list write {change.KeyElement}=[{values}], for a text {change.KeyElement}=\"{values.Replace("\"", "\\\"", StringComparison.Ordinal)}\"; 'vigil plan' and 'vigil run' sweep it");
        }
        else report.Error("CFG032", change.At, $"'{change.Text}' is a sweep, and one value is needed here", "'vigil plan' and 'vigil run' sweep it; here write one of its values");
    }
}
