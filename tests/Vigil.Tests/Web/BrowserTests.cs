using Microsoft.Playwright;

namespace Vigil.Tests.Web;

/// <summary>The page in a real browser.</summary>
public sealed class BrowserTests(ServedSweep served) : IClassFixture<ServedSweep>, IAsyncLifetime
{
    private readonly ServedPage _page = served.Page;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Headless = true, ChromiumSandbox = false });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task The_overview_shows_the_runs_and_a_filter_narrows_them_and_stays_in_the_address()
    {
        var page = await OpenAsync("/");
        await Assertions.Expect(page.GetByText("lr1", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("lr2", new() { Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("state:failed");

        await Assertions.Expect(page.GetByText("lr1", new() { Exact = true })).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByText("lr2", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Contains("state", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_failed_shows_its_error_as_text_and_nothing_of_it_becomes_part_of_the_page()
    {
        var run = await _page.RunAsync("lr2");
        var page = await OpenAsync(run.Replace("/api/runs/", "/run/", StringComparison.Ordinal));

        await Assertions.Expect(page.GetByText("<b id=evil>bold</b>").First).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("#evil").CountAsync());
    }

    [Fact]
    public async Task A_log_is_there_at_once_and_after_a_reload()
    {
        var run = await _page.RunAsync("lr1");
        var page = await OpenAsync($"{run.Replace("/api/runs/", "/run/", StringComparison.Ordinal)}/log");

        await Assertions.Expect(page.GetByText("iteration 5/ 5 | lm loss: 0.4 |").First).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("iteration 5/ 5 | lm loss: 0.4 |").First).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("metrics", "text=lm loss"), InlineData("events", "li time"), InlineData("config", "text=max_attempts"), InlineData("checkpoints", "text=checkpoint")]
    public async Task Each_part_of_a_run_has_a_page_of_its_own(string tab, string shows)
    {
        var page = await OpenAsync($"{(await _page.RunAsync("lr1")).Replace("/api/runs/", "/run/", StringComparison.Ordinal)}/{tab}");

        await Assertions.Expect(page.Locator(shows).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task On_a_narrow_screen_nothing_makes_the_page_scroll_sideways()
    {
        var run = (await _page.RunAsync("lr1")).Replace("/api/runs/", "/run/", StringComparison.Ordinal);
        foreach (var path in (string[])["/", run, $"{run}/log", $"{run}/metrics", $"{run}/events"])
        {
            var page = await OpenAsync(path, width: 390);
            await Assertions.Expect(page.GetByText("lr1").First).ToBeVisibleAsync();
            Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    /// <summary>A page of a fresh browser session; what it complains of fails the test.</summary>
    private async Task<IPage> OpenAsync(string path, int width = 1280)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        page.PageError += static (_, error) => Assert.Fail(error);
        await page.GotoAsync($"{_page.Address}{path}?token={_page.Tokens.View}");
        return page;
    }
}
