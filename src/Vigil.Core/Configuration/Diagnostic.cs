namespace Vigil.Configuration;

/// <summary>Whether a diagnostic stops what was asked for.</summary>
public enum Severity { Error, Warning }

/// <summary>A mistake of the user as a value: what, where, and what now. Codes are stable: <c>CFG</c> configuration, <c>DOC</c> plan documents, <c>PLN</c> planning, <c>RUN</c> the machine's preflight, <c>STA</c> trackers of runs.</summary>
/// <param name="Hint">The remedy; null when the message says it all.</param>
public sealed record Diagnostic(string Code, Severity Severity, SourceSpan At, string Message, string? Hint = null)
{
    public override string ToString()
    {
        var place = At.File.Length > 0 ? $"{At}: " : "";
        var kind = Severity is Severity.Error ? "error" : "warning";
        return $"{place}{kind} {Code}: {Message}" + (Hint is null ? "" : $"\n    {Hint}");
    }
}

/// <summary>Collects every mistake, so that the user sees all of them at once.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _all = [];

    public IReadOnlyList<Diagnostic> All => _all;
    public bool HasErrors => _all.Exists(static d => d.Severity is Severity.Error);

    public void Error(string code, SourceSpan at, string message, string? hint = null) => Add(new(code, Severity.Error, at, message, hint));
    public void Warning(string code, SourceSpan at, string message, string? hint = null) => Add(new(code, Severity.Warning, at, message, hint));

    public void Add(Diagnostic diagnostic)
    {
        if (!_all.Contains(diagnostic)) _all.Add(diagnostic);
    }
}
