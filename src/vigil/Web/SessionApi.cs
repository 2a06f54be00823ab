using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vigil.Journaling;
using Vigil.Web.Live;
using Vigil.Web.Runs;

namespace Vigil.Web;

internal sealed record SessionCell(string Version, string Host, string User, string Root, string Role, bool ReadOnly, string? Csrf, DateTimeOffset Now);

/// <summary>Answers about the page itself.</summary>
internal sealed class SessionApi(Catalogue catalogue, Gatekeeper gate, ServeOptions options, TimeProvider time)
{
    /// <summary>The live stream, once it is there.</summary>
    public LiveApi? Live { get; set; }

    public Task SessionAsync(HttpContext http)
    {
        var role = gate.RoleOf(http.Request);
        return Answer.JsonAsync(http, new SessionCell(
            ProgramVersion.Text, Environment.MachineName, Environment.UserName, catalogue.Root, role is WebRole.Act ? "act" : "view", options.ReadOnly, gate.CsrfOf(role), time.GetLocalNow()), WebJson.Plain.SessionCell);
    }

    public static Task HealthAsync(HttpContext http) => Answer.BytesAsync(http, "ok\n"u8.ToArray(), "text/plain; charset=utf-8");

    public Task PrometheusAsync(HttpContext http)
    {
        var text = new StringBuilder("# TYPE vigil_runs gauge\n");
        foreach (var experiment in catalogue.Experiments)
            foreach (var (state, count) in experiment.Row.Counts.OrderBy(static c => c.Key, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"vigil_runs{{experiment=\"{Label(experiment.Row.Name)}\",id=\"{experiment.Row.Id}\",state=\"{state}\"}} {count}\n");
        text.Append("# TYPE vigil_monitor_alive gauge\n");
        foreach (var experiment in catalogue.Experiments) text.Append(CultureInfo.InvariantCulture, $"vigil_monitor_alive{{experiment=\"{Label(experiment.Row.Name)}\",id=\"{experiment.Row.Id}\"}} {(experiment.Row.Monitor.Alive ? 1 : 0)}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE vigil_pages gauge\nvigil_pages {Live?.Sockets ?? 0}\n");
        return Answer.BytesAsync(http, Encoding.UTF8.GetBytes(text.ToString()), "text/plain; version=0.0.4; charset=utf-8");
    }

    private static string Label(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
