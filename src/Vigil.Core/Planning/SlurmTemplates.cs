using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>A user's own script, read.</summary>
/// <param name="At">Its first line.</param>
/// <param name="IsFile">Whether its lines are counted from <paramref name="At"/> on.</param>
internal sealed record SlurmTemplate(string Text, SourceSpan At, bool IsFile)
{
    /// <summary>Where the placeholder stands first.</summary>
    public SourceSpan Place(string placeholder)
    {
        if (!IsFile || Text.IndexOf($"{{{placeholder}}}", StringComparison.Ordinal) is not (>= 0 and var at)) return At;
        var before = Text.AsSpan(0, at);
        return new(At.File, 1 + before.Count('\n'), at - before.LastIndexOf('\n'));
    }
}

/// <summary>Finds and checks the templates of the jobs' scripts. Each file is read once.</summary>
internal sealed partial class SlurmTemplates(PlanRequest request, DiagnosticBag report)
{
    private readonly Dictionary<string, string?> _files = new(StringComparer.Ordinal);

    /// <summary>Null: the script is Vigil's own, or a mistake was reported.</summary>
    public SlurmTemplate? Of(SlurmSpec spec, ConfigNode.Mapping slurm)
    {
        if (spec.Template is { } && spec.TemplatePath is { })
        {
            report.Error("SLM010", slurm["template_path"]!.At, "'slurm.template' and 'slurm.template_path' are both set", "take out one of the two");
            return null;
        }
        if (spec.Template is { } text && text.Contains('\n', StringComparison.Ordinal)) return Checked(new(text, slurm["template"]!.At, IsFile: false));
        return (spec.Template ?? spec.TemplatePath) is { Length: > 0 } path ? FromFile(path, (slurm["template"] is { } t && !ScalarValue.IsNull(t) ? t : slurm["template_path"]!).At) : null;
    }

    private SlurmTemplate? FromFile(string path, SourceSpan at)
    {
        if (path.Any(char.IsControl))
        {
            report.Error("SLM011", at, "the path of a template holds no control characters");
            return null;
        }
        var full = Path.GetFullPath(path, Path.GetDirectoryName(request.Experiment.FullPath) ?? "/");
        if (!_files.TryGetValue(full, out var text)) _files[full] = text = request.World.ReadText(full);
        if (text is not null) return Checked(new(text, new(path, 1, 1), IsFile: true));
        report.Error("SLM011", at, $"the template {path} cannot be read", $"it was looked for at {full}: a relative path starts at the folder of the experiment file");
        return null;
    }

    private SlurmTemplate Checked(SlurmTemplate template)
    {
        if (template.Text.Contains('\r', StringComparison.Ordinal))
        {
            report.Warning("SLM012", template.At, "the template has the line ends of Windows, which sbatch refuses; they are taken out", "sed -i 's/\\r$//' on the file");
            template = template with { Text = template.Text.Replace("\r", "", StringComparison.Ordinal) };
        }
        // The predecessor's templates doubled the braces of the shell's own variables.
        template = template with { Text = DoubledShellVariable.Replace(template.Text, "$${$1}") };
        if (template.Text.StartsWith("#!", StringComparison.Ordinal) && !BashFirst.IsMatch(template.Text))
            report.Error("SLM013", template.At, $"the template is a script for {template.Text.Split('\n')[0][2..].Trim()}, and a job's script is run by bash", "#!/bin/bash");
        if (template.Text.Contains('\0', StringComparison.Ordinal)) report.Error("SLM013", template.At, "the template holds a NUL, which no script can");
        if (!PlaceholderText.Parse(template.Text).Names.Any(static n => n is "launcher_cmd" or "backend_cmd" or "command"))
            report.Warning("SLM014", template.At, "the template never starts backend.command", "put {launcher_cmd} or {backend_cmd} where it is to run");
        var lines = template.Text.Split('\n');
        for (var i = 0; i < lines.Length; i++) SlurmOptions.CheckLine(lines[i], template.IsFile ? template.At with { Line = i + 1 } : template.At, report);
        return template;
    }

    [GeneratedRegex(@"\$\{\{([^{}\n]*)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex DoubledShellVariable { get; }

    [GeneratedRegex(@"^#!\s*(?:/\S*/)?(?:env\s+(?:-S\s+)?)?(?:/\S*/)?bash(?:[ \t]|\r?$)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex BashFirst { get; }
}
