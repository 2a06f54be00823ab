using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Finds the overrides of the command line that no run ever sees, because the sweep sets the same key in all of them.</summary>
internal static class OverruledOverrides
{
    public static void Report(ImmutableArray<Override> overrides, ImmutableArray<SweepPoint> points, DiagnosticBag report)
    {
        if (points.IsEmpty) return;
        foreach (var said in overrides.Where(static o => !o.IsSweep && o.Kind is not OverrideKind.Delete))
            if (points[0].InForce(said.Target) is { } winner && points.All(p => p.InForce(said.Target) is not null))
                report.Warning("PLN042", said.At, $"'{said.Text}' has no effect: the sweep sets '{said.Target}' in every run ({Place(winner.KeyAt)})",
                    $"'{said.Target}=choice({said.ValueText})' takes the place of the sweep's values; ~sweep plans a single run without it");
    }

    private static string Place(SourceSpan at) => at.Line > 0 ? at.ToString() : at.File;
}
